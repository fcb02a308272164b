#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# upset report as a command: which file it writes, what it refuses, what it leaves behind.
# Arguments: the command, tests/store/write_study.c and tests/page/write_faults.c as programs.
set -u
upset=$(realpath "$1") write_study=$(realpath "$2") write_faults=$(realpath "$3")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0

fail()
{
	echo "FAILED: $*"
	sed 's/^/	err: /' err
	failures=$((failures + 1))
}

# expect STATUS COMMAND...
expect()
{
	status=$1
	shift
	"$@" >out 2>err </dev/null
	got=$?
	[ "$got" = "$status" ] || fail "$*: exit status $got, expected $status"
	[ "$status" -lt 2 ] || [ "$(wc -l <err)" -eq 1 ] || fail "$*: not one line of explanation"
}

# complains PATTERN
complains()
{
	grep -q -e "$1" err || fail "no '$1'"
}

# A page that is one, and its data is what JSON takes.
is_page()
{
	python3 - "$1" <<-'END' || fail "$1 is no page"
		import html.parser, json, sys
		class Page(html.parser.HTMLParser):
		    inside, data, ended = None, "", False
		    def handle_starttag(self, tag, attributes):
		        self.inside = dict(attributes).get("id")
		        assert tag not in ("img", "link", "iframe", "base"), tag
		        assert not {"src", "href"} & set(dict(attributes)), attributes
		    def handle_endtag(self, tag):
		        self.inside = None
		        self.ended = tag == "html"
		    def handle_data(self, text):
		        if self.inside == "data":
		            self.data += text
		page = Page()
		page.feed(open(sys.argv[1], encoding="utf-8").read())
		page.close()
		assert page.ended
		assert len(json.loads(page.data)["studies"]) >= 1
	END
}

"$write_study" run.upset && "$write_study" campaign.upset one &&
	"$write_faults" both.upset 300 && "$write_study" both.upset || exit 1

# --- the file ---
expect 0 "$upset" report both.upset
is_page both.html
grep -q 'both.html shows both.upset' err || fail "does not say what it did"
expect 0 "$upset" report run.upset campaign.upset both.upset -o three.html
is_page three.html
mkdir "a folder"
cp both.upset "a folder/study"
expect 0 "$upset" report "a folder/study"
is_page "a folder/study.html"
expect 0 sh -c 'umask 027; "$0" report run.upset -o mine.html' "$upset"
[ "$(stat -c %a mine.html)" = 640 ] || fail "mode $(stat -c %a mine.html)"
ln -s mine.html link.html
expect 0 "$upset" report both.upset -o link.html
[ -L link.html ] || fail "the link was replaced"
cmp -s mine.html both.html || fail "not written through the link"
"$upset" report both.upset -o /dev/stdout 2>err | cat >piped.html
cmp -s piped.html both.html || fail "a pipe gets another page"

# --- which run and campaign ---
"$write_study" two.upset first && "$write_study" two.upset second || exit 1
expect 0 "$upset" report -c 1 -c 2 two.upset two.upset -o two.html
grep -q '"options":\["--seed' two.html || fail "no campaigns"
[ "$(grep -c '"campaign":{"rows":1' two.html)" = 2 ] || fail "not two campaigns"
grep -q '"difference":0' two.html || fail "no difference"
expect 0 "$upset" report -r 2 run.upset -o detail.html
grep -q '"detail":\["operands"\]' detail.html || fail "not the second run"
expect 3 "$upset" report -c 3 two.upset -o none.html
complains 'campaign'
expect 3 "$upset" report -r 9 run.upset -o none.html
expect 3 "$upset" report -r 1 two.upset -o none.html
expect 2 "$upset" report -c 1 -c 2 two.upset -o none.html
complains 'more runs or campaigns than studies'
expect 2 "$upset" report -c first two.upset -o none.html
expect 2 "$upset" report

# --- nothing half-written ---
expect 3 "$upset" report nowhere.upset
expect 3 "$upset" report run.upset -o nowhere/page.html
complains 'cannot write nowhere/page.html'
cp both.upset before
expect 2 "$upset" report both.upset -o both.upset
complains 'is the study itself'
cmp -s both.upset before || fail "the study was overwritten"
echo old >old.html
expect 3 sh -c 'ulimit -f 100; trap "" XFSZ; exec "$0" report both.upset -o old.html' "$upset"
[ "$(cat old.html)" = old ] || fail "the page that was there is lost"
if [ -e /dev/full ]; then
	expect 3 "$upset" report both.upset -o /dev/full
fi
sqlite3 empty.upset 'PRAGMA application_id = 1431327572' >out 2>err
expect 3 "$upset" report empty.upset
complains 'holds no golden run and no campaign'
ls -- *.html.* nowhere none.html empty.html 2>/dev/null && fail "something is left behind"

[ "$failures" = 0 ]
