# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# An apt that keeps all of its state in a folder of its own: it fetches from the
# mirror that the system's apt uses and trusts Debian's keys alone, and changes
# nothing in the system's set-up.
# Sourced by qemu/build.sh, setup/root.sh and setup/machine.sh, after say.sh.

# The mirrors of Debian's main archive in the system's apt configuration, however written.
system_mirrors()
{
	# shellcheck disable=SC2016
	apt-get indextargets --no-release-info --format '$(COMPONENT) $(RELEASE) $(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		awk '
			BEGIN {
				n = split("bookworm trixie forky sid oldstable stable testing unstable",
					names, " ")
				for (i = 1; i <= n; i++)
					suites[names[i]]
			}
			$1 == "main" && $2 in suites && $3 !~ /^cdrom:/ && !seen[$3]++ { print $3 }'
}

archive_keyring()
{
	for keyring in /usr/share/keyrings/debian-archive-keyring.pgp \
		/usr/share/keyrings/debian-archive-keyring.gpg; do
		if [ -r "$keyring" ]; then
			echo "$keyring"
			return
		fi
	done
}

# private_apt_open FOLDER TYPE SUITE [ARCHITECTURE]: an empty apt state in FOLDER that
# knows one suite, for another architecture or this machine's, from the first mirror that
# serves it, with its lists fetched.
private_apt_open()
{
	apt_folder=$1
	apt_type=$2
	apt_suite=$3
	apt_architecture=${4:-$(dpkg --print-architecture)}
	rm -rf "$apt_folder"
	mkdir -p "$apt_folder/sources" "$apt_folder/lists/partial" \
		"$apt_folder/cache/archives/partial"
	: >"$apt_folder/status"
	cat >"$apt_folder/apt.conf" <<-END
		APT::Architecture "$apt_architecture";
		#clear APT::Architectures;
		APT::Architectures { "$apt_architecture"; };
		Dir::Etc::SourceList "/dev/null";
		Dir::Etc::SourceParts "$apt_folder/sources";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		Dir::State::Lists "$apt_folder/lists";
		Dir::State::Status "$apt_folder/status";
		Dir::Cache "$apt_folder/cache";
		APT::Sandbox::User "root";
		APT::Default-Release "";
		APT::Update::Error-Mode "any";
		Acquire::Languages "none";
		Acquire::Retries "2";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	END
	mirrors=$(system_mirrors)
	[ -n "$mirrors" ] || return 1
	for mirror in $mirrors; do
		write_source "$mirror"
		if private_apt -q update; then
			return 0
		fi
	done
	return 1
}

# private_apt_check FOLDER TOOL...: ends with a message where what is fetched cannot be put into
# FOLDER, which may be made anew if it says what it was made of.
private_apt_check()
{
	made=$1
	shift
	for tool in apt-get dpkg-deb "$@"; do
		command -v "$tool" >/dev/null || die "$tool is missing: packages are fetched on Debian"
	done
	[ ! -e "$made" ] || [ -f "$made/made-of" ] ||
		die "'$made' is there and was not made by this; name another folder or remove it"
}

# private_apt_begin FOLDER SUITE ARCHITECTURE: an apt for packages in FOLDER/apt, its output in
# FOLDER.log; ends with a message where there is none.
private_apt_begin()
{
	private_apt_open "$1/apt" deb "$2" "$3" >"$1.log" 2>&1 ||
		die "apt has no mirror that serves Debian's $2 for $3; connect this" \
			"machine (or set apt's proxy) and run this again (all of the output: $1.log)"
}

write_source()
{
	keyring=$(archive_keyring)
	{
		echo "Types: $apt_type"
		echo "URIs: $1"
		echo "Suites: $apt_suite"
		echo "Components: main"
		[ -z "$keyring" ] || echo "Signed-By: $keyring"
	} >"$apt_folder/sources/debian.sources"
}

# apt-get in the private state; private_apt_cache likewise.
private_apt()
{
	apt-get -c "$apt_folder/apt.conf" "$@"
}

private_apt_cache()
{
	apt-cache -c "$apt_folder/apt.conf" "$@"
}
