#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The reference can be made of the headers: everything in them is described.  Also when
# something is not, it is noticed.
# Arguments: the source's folder, doxygen.
set -eu
source=$(realpath "$1") doxygen=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp -r "$source/include" "$source/doc" "$dir"
cd "$dir"
UPSET_DOC=$dir/out
export UPSET_DOC
mkdir out
"$doxygen" doc/Doxyfile >log 2>&1 || {
	cat log
	exit 1
}
[ ! -s log ] || {
	cat log
	exit 1
}
for name in upset_campaign upset_study_open upset_faults_parse upset_golden upset_inject; do
	grep -q -r "$name" out/html || {
		echo "the reference has no $name"
		exit 1
	}
done
sed -i '/How many columns there are/d' include/upset/study.h
! "$doxygen" doc/Doxyfile >log 2>&1 || {
	echo "a function without a description is not noticed"
	exit 1
}
