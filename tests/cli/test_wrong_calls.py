"""Calls that cannot work: each ends with the right status and one clear word on how to mend it, and leaves nothing."""

from __future__ import annotations

import gzip
import json
import os
import shlex
import shutil
from pathlib import Path

import pytest

from goldspan.corpus.release.editions import edition

from ..conftest import Run

SUFFIX = "Fix: .jsonl or .parquet"
THERE = "Fix: name one that is there"
CHECK_PATH = "Fix: check the path"
HELP = "Fix: goldspan "

CALLS = {
    # files: 1 where the data is at fault, 2 where the call is, 3 where the system refuses
    "corpus build nowhere --out o.jsonl": (1, "nowhere: no such file or folder. Fix: check the path"),
    "corpus build empty --out o.jsonl": (1, "empty: no articles. Fix: name files or folders"),
    "corpus build x.txt --out folder.v2": (2, SUFFIX),
    "corpus build x.txt --out .": (2, "--out . holds the input x.txt. Fix: another folder, beside the input"),
    "corpus build x.txt --out d --suffix .csv": (2, "--suffix .csv: no shard ends so. Fix: .jsonl, .jsonl.gz"),
    "corpus build x.txt --out x.txt/d": (3, "cannot be made: Not a directory. Fix:"),
    "corpus build x.txt --out o.docx": (2, SUFFIX),
    "corpus build x.txt --out /proc/o.jsonl": (3, "/proc/o.jsonl: cannot be written"),
    "corpus build x.txt --out x.txt/o.jsonl": (3, "x.txt/o.jsonl: cannot be written"),
    "corpus build t.csv --out o.jsonl": (1, "no column 'text'. Fix: name it in --column; known: a, b"),
    "corpus build x.txt --out o.jsonl --encoding klingon": (2, "unknown encoding 'klingon'. Fix:"),
    "corpus build latin.jsonl --out o.jsonl": (1, "latin.jsonl:1: byte 1 of the line is not UTF-8. Fix:"),
    "corpus build junk.parquet --out o.jsonl": (1, "junk.parquet: not a valid Parquet file"),
    "corpus build bad.toml --out o.jsonl": (2, "unknown article format '.toml'. Fix:"),
    "corpus build t.csv --out o.jsonl --dates ymdd": (2, "unknown order 'ymdd' in --dates. Fix: dmy, mdy, ymd"),
    "corpus build bad.toml --out o.jsonl --html": (2, "unknown article format '.toml'. Fix:"),
    "corpus build junk.xlsx --out o.jsonl": (1, "junk.xlsx: not an Office file. Fix:"),
    "corpus build junk.xlsx --out o.jsonl --sheet ''": (2, "--sheet is empty. Fix:"),
    "corpus check folder": (1, "folder: holds no shards. Fix: files that end in .jsonl"),
    "corpus stats torn.jsonl": (1, "torn.jsonl:1: the line is truncated. Fix:"),
    "corpus check cut.jsonl.gz": (1, "cut.jsonl.gz: the compressed file is truncated. Fix:"),
    "corpus check gold.jsonl --threshold 5": (2, f"'--threshold': Input should be less than or equal to 0.95. {HELP}"),
    "corpus check gold.jsonl --extractor rules": (2, "--extractor has no effect without --suspicious. Fix: add --suspicious"),
    "corpus check gold.jsonl --suspicious --suppress nowhere.jsonl": (1, f"nowhere.jsonl: cannot be read: No such file or directory. {CHECK_PATH}"),
    "withdraw": (2, "Missing argument 'ID...'"),
    "withdraw nobody --reason x": (2, "no document 'nobody' in what was searched"),
    "withdraw a --reason ' '": (2, "--reason is empty. Fix: give a value"),
    "withdraw a --reason x --asked-by nobody": (2, "--asked-by nobody: unknown. Fix: known: annotator, author"),
    "withdraw a --reason x --corpus nowhere": (1, "nowhere: no such file or folder. Fix: a corpus as --corpus"),
    "withdraw a --reason x --corpus s3://b/c": (2, "--corpus s3://b/c: files at addresses cannot be changed in place. Fix: copy it here"),
    "withdraw a --reason x --undo": (2, "'a' is not withdrawn"),
    "withdraw a --reason x --url http://127.0.0.1:1": (3, "http://127.0.0.1:1. Fix:"),
    "estimate killed --gold gold.jsonl --predictions gold.jsonl": (2, "'killed' is not a quantity. Fix: documents("),
    "estimate documents(ACTOR) --gold nowhere.jsonl --predictions gold.jsonl": (1, "nowhere.jsonl: cannot be read: No such file"),
    "estimate documents(ACTOR) --gold gold.jsonl --predictions gold.jsonl --by meta.titel": (2, "did you mean 'meta.title'?"),
    "corpus sample gold.jsonl --out o.jsonl": (2, "a sample has a --n or a --share. Fix: give one of them"),
    "corpus sample gold.jsonl --out o.jsonl --n 0": (2, "'--n': Input should be greater than or equal to 1"),
    "corpus sample gold.jsonl --out o.jsonl --share 2": (2, "--share 2 is out of range. Fix: a share above 0 and up to 1"),
    "corpus sample gold.jsonl --out o.jsonl --n 9999": (2, "--n 9,999: the corpus has"),
    "corpus sample gold.jsonl --out gold.jsonl --n 1": (2, "--out gold.jsonl is the input, which would be lost. Fix:"),
    "corpus sample gold.jsonl --out o.jsonl --n 1 --by meta.titel": (2, "did you mean 'meta.title'?"),
    "corpus sample gold.jsonl --out o.jsonl --n 1 --by extra.desk": (2, "no document has the key 'desk' in `extra`"),
    "corpus sample gold.jsonl --out o.jsonl --n 1 --by month --allocation even": (2, "unknown 'even'. Fix: known: equal"),
    "corpus sample gold.jsonl --out o.jsonl --n 1 --by month --allocation extra.x": (1, "extra.x is missing. Fix: give each document a number"),
    "corpus filter gold.jsonl --out o.jsonl": (2, "nothing to filter by. Fix: a condition as --where"),
    "corpus filter gold.jsonl --out o.jsonl --where ACTR": (2, "--where ACTR: unknown 'ACTR'. Fix: did you mean 'ACTOR'?"),
    "corpus filter gold.jsonl --out o.jsonl --ids nowhere.txt": (1, f"nowhere.txt: cannot be read: No such file or directory. {CHECK_PATH}"),
    "corpus rename gold.jsonl --out o.jsonl": (2, "nothing to rename. Fix: a prefix"),
    "corpus rename gold.jsonl --out o.jsonl --table nowhere.csv": (1, f"nowhere.csv: cannot be read: No such file or directory. {CHECK_PATH}"),
    "corpus rename gold.jsonl --out o.jsonl --table x.txt": (2, "--table x.txt is not the name of a table. Fix:"),
    "corpus concordance gold.jsonl": (2, "nothing to search for. Fix: words"),
    "corpus concordance gold.jsonl '(' --regex": (2, "SURFACE ( is not a regular expression"),
    "corpus concordance gold.jsonl --label ACTR": (2, "did you mean 'ACTOR'?"),
    "corpus concordance gold.jsonl Iran --sort up": (2, "unknown order 'up' as --sort. Fix: known: left, right, span"),
    "corpus terms gold.jsonl --labels ACTR": (2, "did you mean 'ACTOR'?"),
    "corpus terms gold.jsonl --out d.xlsx": (2, "--out d.xlsx is not the name of a dictionary. Fix:"),
    # a new project
    "init 'our courts' --yes": (2, "Fix: our-courts, with the name as it is read in --title"),
    "init courts": (2, "there is no terminal to ask at. Fix: give --labels, --title, --language, --overlap or --no-overlap, --definition LABEL=…, --value LABEL=…; with --labels, --yes takes the defaults of the others"),
    "init courts --yes": (2, "there is no terminal to ask at. Fix: give --labels\n"),
    "init courts --yes --labels A,A": (2, "Fix: names separated by commas"),
    "init courts --yes --labels A --value B=edtf": (2, "--value B=edtf: expected a label, = and its answer. Fix: known: A"),
    "init courts --yes --labels A --value A": (2, "--value A: expected a label, = and its answer. Fix: A=…"),
    "init courts --yes --labels A --value A=date": (2, "--value A=date: unknown value type 'date'. Fix: use 'edtf'"),
    "init courts --yes --labels A --definition A=x --definition A=y": (2, "--definition: A is defined twice. Fix:"),
    "init courts --yes --labels A --language german": (2, "Fix: write de"),
    "init courts --yes --labels A --dir x.txt": (2, "x.txt: 1 file would be overwritten: x.txt. Fix: name a new or empty folder as --dir"),
    "init courts --yes --labels A --dir x.txt/below": (3, "Fix: "),
    "init courts --yes --labels A --dir /proc/new": (3, "/proc/new: cannot be written"),
    "init conflict --example": (2, "--example has no effect on conflict: there is an example for disaster. Fix: leave out --example"),
    "init disaster --example --language en": (2, "--example has no effect with --language en: it is in de. Fix:"),
    # files of other tools
    "convert tasks.json --out d.v2": (2, SUFFIX),
    "convert t.csv --out o.jsonl": (1, "error: t.csv: read as spans because of its name. Fix: name another format as --from\n"),
    "convert tasks.json --out o.jsonl --encoding latin-1": (2, "Fix: save the file as UTF-8; its options are --id-field"),
    "convert tasks.json --out tasks.json": (2, "is the source, which would be lost. Fix: name another file as --out"),
    "score gold.jsonl t.csv": (1, "t.csv: read as spans because of its name. Fix: name another format as `form`\nerror: --from is an option of `goldspan convert`. Fix: convert the file"),
    "score gold.jsonl x.txt": (2, "goldspan convert FILE --out F --from"),
    "convert tasks.json --out o.jsonl --passes": (2, "passes are a file for each annotator, in a folder. Fix: name a folder as --out"),
    "convert tasks.json --out - --passes": (2, "Fix: name a folder as --out"),
    "convert tasks.json --out split --passes": (2, "split: already exists. Fix: name a new or empty folder as --out"),
    "convert nobody.json --out d --passes": (2, "nobody.json: the file names no annotators. Fix: leave out --passes"),
    "convert gold.jsonl --out d --passes": (2, "--passes has no effect on the format jsonl. Fix:"),
    "convert tasks.json --out o.jsonl --audit a.txt": (2, "unknown audit format '.txt'. Fix: .csv, .tsv or .jsonl as --audit"),
    "convert tasks.json --out o.jsonl --audit o.jsonl": (2, "is both --out and --audit. Fix: name another file as --audit"),
    "convert tasks.json --out o.jsonl --audit nowhere/a.csv": (3, "Fix: create the folder first"),
    "convert gold.jsonl --out o.jsonl --audit a.csv": (2, "--audit has no effect on the format jsonl. Fix: leave it out"),
    "convert tasks.json --out o.jsonl --id-field nick": (1, "has no id in 'nick'. Fix: name a field that every task has as --id-field; its data has text, name"),
    "convert tasks.json --out o.jsonl --fragments hull": (2, "--fragments has no effect on the format studio. Fix: leave it out; its options are --id-field, --passes"),
    "convert split --out o.jsonl --fragments middle": (2, "unknown rule for fragments 'middle': known: first, hull, parts, skip"),
    "convert split --out o.jsonl": (1, "choose what becomes of such spans with --fragments (hull: one span"),
    "convert tasks.json --out o.jsonl --scheme auto": (1, "tasks.json: no span, and so no label to draft a scheme from. Fix: name a --scheme"),
    "convert split --out - --scheme auto --fragments hull": (2, "a scheme is drafted beside the records, which have no file. Fix: name a file as --out"),
    "convert split --out drafted.jsonl --scheme auto --fragments hull": (2, "drafted.scheme.toml: already exists, and is not the scheme of this file. Fix:"),
    "convert tasks.json --out o.jsonl --scheme auto --map map.toml": (2, "--map has no effect with --scheme auto. Fix:"),
    "corpus diff gold.jsonl": (2, f"Missing argument 'B'. {HELP}corpus diff --help"),
    "corpus stats gold.jsonl --workers 2": (2, "--workers 2 has no effect on one file. Fix: leave it out, or cut the file"),
    "corpus stats ''": (2, "FILE is empty. Fix:"),
    # extractors
    "annotate gold.jsonl --out o.jsonl --extractor ruels": (2, "did you mean 'rules'?"),
    "annotate gold.jsonl --out o.jsonl --extractor spacy": (2, "Fix: --extractor spacy:MODEL"),
    "annotate gold.jsonl --out o.jsonl --extractor spacy:folder": (3, "the spaCy pipeline 'folder' cannot be loaded"),
    "annotate gold.jsonl --out o.jsonl --extractor rules:popluation=1": (2, "did you mean 'population'?"),
    "annotate gold.jsonl --out o.jsonl --extractor rules:population=many": (2, "population='many' is not a whole number. Fix:"),
    "annotate gold.jsonl --out o.jsonl --extractor rules:actors=nowhere": (2, "no such file or folder. Fix: name an existing one"),
    "annotate gold.jsonl --out o.jsonl --extractor command:no-such-program": (2, "no such program. Fix:"),
    """annotate gold.jsonl --out o.jsonl --extractor "command:'" """: (2, "No closing quotation. Fix:"),
    "annotate gold.jsonl --out o.jsonl --extractor http:nowhere": (2, "is not the URL of a service. Fix:"),
    "annotate gold.jsonl --out o.jsonl --engine ray": (2, "--engine ray: unknown engine. Fix: local, dask, or dask:ADDRESS"),
    "annotate gold.jsonl --out o.jsonl --engine dask:nowhere.json": (3, "--engine dask:nowhere.json: no such file. Fix: tcp://HOST:PORT"),
    "annotate gold.jsonl --out o.jsonl --engine dask:127.0.0.1:1 --workers 2": (2, "as the cluster has its own workers"),
    "annotate gold.jsonl --out o.jsonl --workers two": (2, "'--workers': Input should be a valid integer"),
    "annotate gold.jsonl --out nowhere/o.jsonl": (3, "No such file or directory. Fix: create the folder first"),
    "annotate nowhere.jsonl --out o.jsonl": (1, CHECK_PATH),
    "annotate gold.jsonl": (2, f"Missing option '--out'. {HELP}annotate --help"),
    "annotate gold.jsonl --out o.jsonl --scheme bad.toml": (1, "bad.toml:1: not TOML"),
    "annotate gold.jsonl --out o.jsonl --scheme folder": (1, "Is a directory. Fix: use the path of a file"),
    "train gold.jsonl --out folder": (2, "folder exists already. Fix:"),
    "train tongues.jsonl --out m": (2, "several languages: de 1, de-AT 1, my 1. Fix: train on one of them, as in --only de, or one pipeline for all with --mixed\n"),
    "train tongues.jsonl --out m --only fr": (2, "--only fr: no document is in this language. Fix: the documents are in de 1, de-AT 1, my 1\n"),
    "train tongues.jsonl --out m --only german": (2, "--only 'german' is not a language tag (BCP 47). Fix: write de\n"),
    "convert rows.jsonl --out o.jsonl --language german": (2, "--language 'german' is not a language tag (BCP 47). Fix: write de\n"),
    "train empty.jsonl --out m": (1, "no document has a span to learn from. Fix:"),
    "train gold.jsonl --out m --folds 99": (2, "--folds is 99. Fix: between 2 and 5"),
    # scores
    "score": (2, f"Missing argument 'GOLD'. {HELP}score --help"),
    "score --replay none.json": (1, "none.json: cannot be read: No such file or directory. Fix:"),
    "score --replay gold.jsonl": (1, "gold.jsonl: does not hold scores with their counts. Fix:"),
    "comparable gold.jsonl gold.jsonl": (1, "gold.jsonl: does not hold scores with their counts. Fix:"),
    "comparable 'gold:1|scheme:x' x": (2, "not a signature of goldspan: 8 settings missing, labels, map, zones, offsets, match, boot, seed, goldspan. Fix: copy the whole line of a report, from gold: on"),
    "comparable none.json x": (1, "none.json: cannot be read: No such file or directory. Fix:"),
    "score gold.jsonl": (2, f"Missing argument 'SYSTEM...'. {HELP}score --help"),
    "score gold.jsonl folder": (2, "cannot detect the format from its contents. Fix:"),
    "score gold.jsonl gold.jsonl --resamples 0 --fail-under f1": (2, "Fix: MEASURE=X"),
    "score gold.jsonl gold.jsonl --resamples 0 --fail-under spans.strct.micro.f1=1": (2, "did you mean 'strict'?"),
    "score gold.jsonl gold.jsonl --resamples 0 --fail-under spans.strict.micro=1": (2, "it is a group of precision"),
    "score gold.jsonl gold.jsonl --test spans.partial.micro.f1": (2, "--test has no effect with one system. Fix: name a second system"),
    "score gold.jsonl a=gold.jsonl a=part.jsonl --test spans.partial.micro.f1": (2, "--test compare systems, and there is one. Fix: score two systems or more"),
    "score gold.jsonl gold.jsonl part.jsonl --test spans.strict.f1": (2, "did you mean 'spans.strict.micro.f1'?"),
    "score gold.jsonl gold.jsonl --format tex": (2, "--format tex: not a format. Fix: did you mean 'latex'?"),
    "score gold.jsonl gold.jsonl --json --format csv": (2, "--json has no effect with --format. Fix: leave out --json"),
    "score gold.jsonl gold.jsonl --per-document --format latex": (2, "--per-document has no effect with --format latex. Fix:"),
    "score gold.jsonl gold.jsonl --out tasks.json": (2, "--out: tasks.json exists and does not hold scores. Fix: another name"),
    "score gold.jsonl gold.jsonl --out scores.jsonl": (2, "--out: scores.jsonl is not the name of a file of scores. Fix: a name that ends with .json"),
    "leaderboard": (2, f"Missing argument 'FILE...'. {HELP}leaderboard --help"),
    "leaderboard nowhere.json": (1, f"nowhere.json: cannot be read: No such file or directory. {CHECK_PATH}"),
    "leaderboard tasks.json": (1, "tasks.json: does not hold scores with their counts. Fix: a file that `goldspan score"),
    "leaderboard a.json --description x": (2, "--description has no effect without --html. Fix: add --html"),
    "score gold.jsonl gold.jsonl part.jsonl --test spans.strict.micro.missed": (2, "--test: spans.strict.micro.missed cannot be tested: it is a count. Fix: a rate"),
    "score gold.jsonl gold.jsonl part.jsonl --test values.LOCATION.median_km": (2, "a median is no function of counts that are summed over documents. Fix: acc_25km"),
    "score gold.jsonl gold.jsonl part.jsonl --test values.ACTOR.b_cubed.f1": (2, "clusters are no function of counts"),
    "score gold.jsonl gold.jsonl --measures iuo@0.5": (2, "did you mean 'iou@0.5'?"),
    "score gold.jsonl gold.jsonl --measures iou@2": (2, "Fix: iou@0.5, for example"),
    "score gold.jsonl gold.jsonl --measures clusters@all": (2, "Fix: clusters or clusters@nil"),
    "score gold.jsonl gold.jsonl --measures clusters.lae": (2, "did you mean 'clusters.lea'?"),
    "score gold.jsonl gold.jsonl --measures clusters,clusters.lea": (2, "the measure clusters.lea is given twice"),
    "score gold.jsonl gold.jsonl part.jsonl --measures clusters --test spans.clusters.lea.micro.f1": (2, "clusters are no function of counts that are summed over documents. Fix: spans.linked.strict.micro.f1"),
    "score gold.jsonl gold.jsonl --measures type": (2, "always computed. Fix: leave it out of --measures"),
    "score gold.jsonl gold.jsonl --by publisher": (2, "did you mean 'meta.publisher'?"),
    "score gold.jsonl gold.jsonl --fail-under slices.month.-.spans.strict.micro.f1=1": (2, "Fix: name a field for --by"),
    "score gold.jsonl gold.jsonl --resamples 0 --labels ,": (2, "Fix: names separated by commas, none empty"),
    "score gold.jsonl gold.jsonl --resamples 0 --by month --by month": (2, "--by month is given twice. Fix:"),
    "score gold.jsonl gold.jsonl --resamples 0 --columns label=other": (2, "--columns has no effect on files of the format jsonl. Fix:"),
    "score gold.jsonl gold.jsonl --resamples 0 --fragments skip": (2, "--fragments has no effect on files of the format jsonl. Fix:"),
    "score gold.jsonl gold.jsonl --resamples 0 --encoding latin-1": (2, "--encoding has no effect on files of the format jsonl. Fix:"),
    "score gold.jsonl gold.jsonl --resamples 0 --id-field name": (2, "--id-field has no effect on files of the format jsonl. Fix:"),
    "score gold.jsonl gold.jsonl --resamples 0 --tags as-is --repair discard": (2, "--repair has no effect with --tags as-is"),
    "score gold.jsonl gold.jsonl --labels ACTR": (2, "did you mean 'ACTOR'?"),
    "score gold.jsonl gold.jsonl --map nowhere.toml": (1, CHECK_PATH),
    "score gold.jsonl gold.jsonl --map bad.toml": (1, "bad.toml:1: not TOML"),
    "score gold.jsonl gold.jsonl --resamples 0 --html o.html --date 31.5.2024": (2, "--date 31.5.2024: not a date. Fix: a day as in"),
    "score gold.jsonl gold.jsonl --resamples 0 --html o.html --date 20240531": (2, "--date 20240531: not a date. Fix: a day as in"),
    "score gold.jsonl gold.jsonl --resamples 0 --html o.txt": (2, "Fix: a name that ends with .html"),
    "score gold.jsonl gold.jsonl --resamples 0 --html nowhere/o.html": (3, "Fix: create the folder first"),
    "score gold.jsonl gold.jsonl --agreement-of gold.jsonl": (2, "two or more passes are needed. Fix:"),
    "score empty.jsonl gold.jsonl": (1, "the gold has no such document (and 4 more). Fix:"),
    "corpus names nobody": (2, "nobody is 'nobody'"),
    "corpus names --assign ann=Ann": (2, "'Ann' is not a pseudonym. Fix: annotator-1, reader-2"),
    "corpus names --of nowhere": (2, "--of nowhere: no such file or folder. Fix: a file of the project, or its folder"),
    "corpus names --assign ann": (2, "--assign ann: Fix: NAME=PSEUDONYM, as in ada=annotator-1"),
    "corpus check gold.jsonl --privacy --cleared torn.jsonl": (1, "torn.jsonl:1: not a finding that is cleared"),
    "corpus check gold.jsonl --privacy --cleared nowhere.jsonl": (1, CHECK_PATH),
    "export gold.jsonl --to hf --out o --push us/it --no-text --dry-run --cleared nowhere.jsonl": (1, CHECK_PATH),
    "agree gold.jsonl": (2, "two or more passes are needed. Fix:"),
    "agree gold.jsonl gold.jsonl": (2, "a second pass called"),
    "adjudicate gold.jsonl copy.jsonl --out o.jsonl --decisions torn.jsonl": (1, "Fix:"),
    "bench --extractor rules": (2, "Missing argument 'GOLD', or --suite. Fix: one of them"),
    "bench gold.jsonl --suite dates --extractor rules": (2, "GOLD and --suite are both given. Fix: one of them"),
    "bench --suite planes --extractor rules": (2, "unknown --suite 'planes': did you mean 'places'?"),
    "bench --suite dates --extractor ruels": (2, "did you mean 'rules'?"),
    "bench --suite dates --extractor rules --format latex": (2, "--format has no effect with --suite as latex. Fix: leave out --format"),
    "bench --suite dates --extractor rules --folder empty": (3, "no set of the suite dates is at hand. Fix: goldspan gold get NAME"),
    "gold list --suite planes": (2, "unknown --suite 'planes': did you mean 'places'?"),
    "gold get lgi": (2, "unknown set 'lgi': did you mean 'lgl'?"),
    "gold get nowhere.toml": (1, f"nowhere.toml: cannot be read: No such file or directory. {CHECK_PATH}"),
    "gold get bad.toml": (1, "bad.toml"),
    "gold get wikiwars --folder empty": (2, "wikiwars cannot be fetched. Fix: download and unpack it from the authors' page, and name the folder of the files with TIMEX2 in them, as --from"),
    "gold get lemonade --folder empty": (2, "lemonade cannot be read: "),
    "gold get wikiwars --folder empty --from nowhere": (1, "nowhere: cannot be read: No such file or directory"),
    "gold get muc-4 --folder empty --from gold.jsonl": (1, "gold.jsonl:1: the document: `doctext` is null, not a string"),
    "gold get lgl --folder empty --from gold.jsonl": (1, "gold.jsonl:1: not well-formed"),
    "gold get lgl --folder x.txt/sets --from x.txt": (3, "x.txt/sets: cannot be written"),
    "bench gold.jsonl --extractor ruels": (2, "did you mean 'rules'?"),
    # drafts are nobody's word
    **dict.fromkeys(("agree gold.jsonl begun.jsonl", "adjudicate gold.jsonl begun.jsonl --out o.jsonl", "bench begun.jsonl --extractor rules", "export begun.jsonl --to jsonl --out o.jsonl", "export gold.jsonl --pass begun.jsonl --to hf --out o", "score begun.jsonl gold.jsonl", "score gold.jsonl copy.jsonl --agreement-of gold.jsonl --agreement-of begun.jsonl", "train begun.jsonl --out m"), (1, "begun.jsonl has a draft, which nobody submitted. Fix: leave out the file of drafts")),
    "lookup ''": (2, "NAME is empty. Fix:"),
    "lookup Iran --label ACTR": (2, "did you mean 'ACTOR'?"),
    "lookup Iran --label COUNT": (2, "the label 'COUNT' has no ids to look up. Fix: "),
    "lookup Iran --label ACTOR --country SYR": (2, "--country has no effect, as ACTOR has no ids of places. Fix: leave out --country"),
    "lookup Iran --country XX": (2, "Fix: ISO 3166-1 alpha-3"),
    "lookup Iran --places x.txt": (1, "x.txt:1: unknown column 'hi'. Fix:"),
    "schema check nowhere.toml": (1, CHECK_PATH),
    "schema diff conflict-news nowhere": (1, CHECK_PATH),
    "schema migrate conflict-news nowhere": (1, CHECK_PATH),
    "schema migrate conflict-news conflict-news --draft": (2, "are the same scheme. Fix: name the one that follows"),
    "schema migrate conflict-news conflict-news gold.jsonl --out o.jsonl": (2, "are the same scheme. Fix: name the one that follows"),
    # Label Studio
    "studio push gold.jsonl": (3, "goldspan's server is not running. Fix: goldspan studio up"),
    "studio push gold.jsonl --name Bad/Name": (2, "invalid server name 'Bad/Name'. Fix:"),
    "studio push gold.jsonl --url nope": (2, "invalid server URL 'nope'. Fix:"),
    "studio push gold.jsonl --url http://u:secret@host": (2, "Fix: put a token into GOLDSPAN_STUDIO_TOKEN"),
    "studio push gold.jsonl --url http://127.0.0.1:1": (3, "no server responds at http://127.0.0.1:1. Fix:"),
    "studio push gold.jsonl --order scoer": (2, "did you mean 'score'?"),
    "studio push gold.jsonl --faint 2": (2, "--faint 2.0: not a score. Fix: use a number above 0, at most 1"),
    "studio push gold.jsonl --framed 0.5 --faint 0.4": (
        2,
        "--faint 0.4: has no effect with --framed 0.5. Fix: use a higher score, or one of them",
    ),
    "studio push gold.jsonl --framed 0": (2, "--framed 0.0: not a score. Fix: use a number above 0, at most 1"),
    "studio push gold.jsonl --framed 0.5": (
        2,
        "--framed: no suggestion has a score, so none can be below 0.5. Fix: leave it out",
    ),
    "studio push gold.jsonl --faint 0.5": (2, "no suggestion has a score, so none can be below 0.5. Fix: leave it out"),
    "studio push gold.jsonl --cut 0": (2, "Input should be greater than or equal to 1. Fix:"),
    "studio push gold.jsonl --annotators a,a": (2, "Fix: names separated by commas, none empty and none twice"),
    "studio push gold.jsonl --plan bad.toml": (1, "bad.toml: not a plan"),
    "studio push gold.jsonl --guidelines nowhere.md": (1, f"cannot read the guidelines: No such file or directory. {CHECK_PATH}"),
    "studio push gold.jsonl --guidelines latin.jsonl": (1, "the guidelines are not UTF-8. Fix: save them as UTF-8"),
    "studio pull --out o.jsonl --plan nowhere.json": (1, CHECK_PATH),
    "studio report": (3, "goldspan's server is not running. Fix: goldspan studio up"),
    "studio report nowhere.jsonl": (1, CHECK_PATH),
    "studio report gold.jsonl --plan bad.toml": (1, "bad.toml: not a plan"),
    "studio report gold.jsonl --suggestions nowhere.jsonl": (1, CHECK_PATH),
    "studio report gold.jsonl --date yesterday": (2, "--date yesterday: not a date. Fix: a day as in 2024-05-31, or today"),
    "score nowhere.jsonl gold.jsonl --out o.txt": (2, "a name that ends with .json"),
    "score nowhere.jsonl gold.jsonl --out nowhere/o.json": (3, "nowhere/o.json: cannot be written"),
    "score nowhere.jsonl gold.jsonl --html o.txt": (2, "o.txt is not the name of a page"),
    "score nowhere.jsonl gold.jsonl --html nowhere/o.html": (3, "nowhere/o.html: cannot be written"),
    "agree nowhere.jsonl gold.jsonl --html x.txt/o.html": (3, "x.txt/o.html: cannot be written"),
    "bench nowhere.jsonl --extractor rules --html folder.htm/o.htm": (3, "folder.htm/o.htm: cannot be written"),
    "leaderboard nowhere.json --html x.txt": (2, "x.txt is a file. Fix: name a folder"),
    "leaderboard nowhere.json --html x.txt/site": (2, "x.txt is a file. Fix: name a folder"),
    "studio report nowhere.jsonl --html nowhere/r.html": (3, "nowhere/r.html: cannot be written"),
    "studio report gold.jsonl --html r.txt": (2, "r.txt is not the name of a page. Fix: a name that ends with .html"),
    "studio status --password": (3, "there is no server 'default' yet. Fix: goldspan studio up"),
    "studio compose --out .": (2, "is there already, perhaps with the passwords of a server. Fix: a new folder"),
    "studio compose --out new --address ftp://host": (2, "invalid address 'ftp://host'. Fix: https://HOST or http://HOST:PORT"),
    "studio compose --out nowhere/new": (3, "nowhere/new: cannot be written: No such file or directory. Fix:"),
    "studio move --to postgres": (2, "there is no server 'default' whose data could be moved. Fix: goldspan studio up"),
    "studio move --to mysql": (2, "'mysql' is not the URL of a PostgreSQL database. Fix: write it as in postgresql://"),
    "studio backup --out new": (2, "there is no server 'default' to back up. Fix: goldspan studio up makes a new one"),
    "studio backup --out .": (2, ".: is there already, perhaps with another backup. Fix: a new folder"),
    "studio restore nowhere": (1, "nowhere: cannot be read: No such file or directory. Fix: check the path"),
    "studio restore x.txt": (1, "x.txt: cannot be read: Not a directory. Fix: check the path"),
    "studio restore .": (1, ".: not a backup: it has no manifest.json. Fix: the folder that studio backup wrote"),
    "studio upgrade": (2, "there is no server 'default' to upgrade. Fix: goldspan studio up makes a new one"),
    "studio upgrade --forget": (2, "nothing is kept of upgrades of the server 'default'. Fix: leave out --forget"),
    "studio up --database-url nope": (2, "'nope' is not the URL of a PostgreSQL database. Fix: write it as in postgresql://"),
    "studio up --database-url postgresql://u:secret@h/d": (2, "Fix: put it into GOLDSPAN_DATABASE_PASSWORD, and leave it out"),
    "studio up --port 1": (2, f"'--port': Input should be greater than or equal to 1024. {HELP}studio up --help"),
    # columns
    "convert ill.conll --out o.jsonl": (1, "ill.conll:3: I-LOCATION does not continue an entity (IOB2). Fix: begin with B-LOCATION, or choose how they are read with --repair"),
    "convert ill.conll --out o.jsonl --repair conleval": (2, "unknown rule 'conleval' for --repair. Fix: did you mean 'conlleval'?"),
    "convert ill.conll --out o.jsonl --columns tags=9": (2, "--columns: there is no column 9 for tags. Fix: a number from 1 to 2"),
    "convert ill.conll --out o.jsonl --columns tag=2": (2, "cannot read 'tag=2' as --columns. Fix: such as tokens=2,tags=4"),
    "convert layers.conll --out o.jsonl": (1, "layers.conll:1: columns 2 and 3 hold tags. Fix: name one with --columns: tags=2"),
    # words
    "scroe a b": (2, f"No such command 'scroe'. Did you mean 'score'? {HELP}--help"),
    "corpus frob": (2, f"No such command 'frob'. {HELP}corpus --help"),
    "demo --ot x": (2, f"{HELP}demo --help"),
    "doctor x": (2, f"unexpected extra argument(s) (x). {HELP}doctor --help"),
}  # fmt: skip


def begun(line: bytes) -> bytes:
    """A record as a draft of ben's."""
    layer = {"annotator": "ben", "draft": True}
    return json.dumps({**json.loads(line), "layer": layer}).encode() + b"\n"


def spoken(tag: bytes) -> bytes:
    return b'{"id":"%b","text":"Iran","spans":[{"start":0,"end":4,"label":"ACTOR"}],"meta":{"language":"%b"}}\n' % (
        tag,
        tag,
    )


@pytest.fixture(scope="module")
def odd_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    (folder / "split").mkdir()
    task = {"data": {"text": "Iran, later Mali.", "name": "n"}, "annotations": [{"completed_by": 1, "result": []}]}
    gold = (Path(str(edition().folder)) / "gold.jsonl").read_bytes()
    files = {
        "split/a.txt": b"Iran and Mali.",
        "split/a.ann": b"T1\tACTOR 0 4;9 13\tIran Mali\n",
        "tasks.json": json.dumps([task]).encode(),
        "nobody.json": json.dumps([{"data": task["data"], "annotations": [{"result": []}]}]).encode(),
        "drafted.scheme.toml": b"name = 'another'\n",
        "gold.jsonl": gold,
        "copy.jsonl": gold.replace(b'"annotator":"gold"', b'"annotator":"copy"'),
        "begun.jsonl": b"".join(map(begun, gold.splitlines())),
        "empty.jsonl": b"",
        "tongues.jsonl": b"".join(map(spoken, (b"de", b"de-AT", b"my"))),
        "torn.jsonl": b'{"id":',
        "junk.xlsx": b"x",
        "latin.jsonl": b"\xe9\xfe",
        "cut.jsonl.gz": gzip.compress(gold)[:100],
        "junk.parquet": b"PK\x03\x04junk",
        "bad.toml": b"not a scheme\n",
        "t.csv": b"a,b\n1,2\n",
        "x.txt": b"hi\n",
        "ill.conll": b"Iran\tB-ACTOR\nstruck\tO\nGoma\tI-LOCATION\n",
        "layers.conll": b"Iran\tB-ACTOR\tO\nstruck\tO\tO\n",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    for name in ("folder", "empty"):
        (folder / name).mkdir()
    return folder


@pytest.mark.parametrize("call", CALLS)
def test_a_wrong_call_says_what_is_wrong_and_how_to_mend_it(
    call: str, goldspan: Run, odd_files: Path, tmp_path: Path
) -> None:
    status, message = CALLS[call]
    folder = shutil.copytree(odd_files, tmp_path / "odd")
    before = sorted(folder.rglob("*"))
    surroundings = {**os.environ, "GOLDSPAN_HOME": str(tmp_path / "home"), "GOLDSPAN_STUDIO_TOKEN": "abc"}
    done = goldspan(*shlex.split(call), cwd=folder, env=surroundings)
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert message in done.stderr and "Traceback" not in done.stderr
    assert any(sign in done.stderr for sign in ("Fix: ", "did you mean", "known: ", "it is a group of "))
    assert "secret" not in done.stderr
    assert sorted(folder.rglob("*")) == before
