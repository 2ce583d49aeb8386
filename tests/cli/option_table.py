"""Every public option of every command: a call in which it changes the result, and one in which it cannot.

A new option needs a line here. `Row("score gold.jsonl sys.jsonl", "--common")` runs the call with and without the option and
compares all that comes of both; `{}` is the place of the option where that is not the end. What stands there instead, where the
option is required, is `instead`. `refused` is a whole call. Where a call takes a server, or other processes, `shown` names
the test that has the effect, as `file::test`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    Attributes:
        call: Without the option.
        option: With its value.
        instead: In its place in the other call.
        refused: A call with the option in which it can have no effect.
        shown: A test that shows its effect, in place of a call.
    """

    call: str = ""
    option: str = ""
    instead: str = ""
    refused: str = ""
    shown: str = ""


def shown(test: str, refused: str = "") -> Row:
    return Row(shown=test, refused=refused)


SCORE = "score gold.jsonl sys.jsonl --resamples 0"
LEADERBOARD = "leaderboard sys.json gold.json"
ADJUDICATE = "adjudicate ann.jsonl ben.jsonl"
HF = "export gold.jsonl --to hf --out d"
OWN = "hazard.jsonl"
"""Records under another scheme than the one that goldspan ships."""

DEMO = "cli/test_demo.py"
BENCH = "cli/test_bench.py"
SERVER = "annotate/label_studio/test_server.py"
WORK = "annotate/label_studio/test_push_pull.py"
TEAM = "annotate/label_studio/test_team.py"
LEAVES = "annotate/label_studio/test_reassign.py"
PROGRESS = "annotate/label_studio/test_progress.py"
BACKEND = "annotate/label_studio/test_backend_server.py"
BENCHED = f"{BENCH}::test_every_option_tells_in_what_comes_of_it"

ROWS = {
    "--version": Row("{} schema show", "--version"),
    "--install-completion": shown("cli/test_completion.py::test_installing_it_makes_it_known_to_doctor"),
    "--show-completion": shown("cli/test_completion.py::test_the_script_is_shown"),
    # demo
    "demo --out": shown(f"{DEMO}::test_a_folder_of_someone_elses_files_is_left_as_it_is", "demo --out ''"),
    "demo --studio": shown(f"{DEMO}::test_a_demo_that_was_interrupted_goes_on_and_a_second_one_changes_nothing", "demo --studio --no-studio"),
    "demo --stop-studio": shown(f"{DEMO}::test_the_gold_goes_through_the_server_and_peoples_work_is_left_alone", "demo --no-studio --stop-studio"),
    "demo --json": shown(f"{DEMO}::test_a_demo_that_was_interrupted_goes_on_and_a_second_one_changes_nothing", "demo --json --json"),
    # schema
    "schema show --scheme": Row("schema show", "--scheme own.toml", refused="schema show --scheme ''"),
    "schema show --json": Row("schema show", "--json"),
    "schema check --json": Row("schema check own.toml", "--json"),
    "schema diff --records": Row("schema diff own.toml newer.toml", f"--records {OWN}", refused=f"schema diff own.toml newer.toml --records {OWN} --records {OWN}"),
    "schema diff --json": Row("schema diff own.toml newer.toml", "--json"),
    "schema json-schema --scheme": Row("schema json-schema", "--scheme own.toml"),
    "schema studio-config --scheme": Row("schema studio-config", "--scheme own.toml"),
    # corpus
    "corpus build --out": Row("corpus build x.txt", "--out a.jsonl", instead="--out b.jsonl", refused="corpus build x.txt --out a.jsonl --out b.jsonl"),
    "corpus build --column": Row("corpus build t.csv --out o.jsonl", "--column text=body", refused="corpus build x.txt --out o.jsonl --column text=body"),
    "corpus build --dates": Row("corpus build days.csv --out o.jsonl", "--dates mdy", refused="corpus build x.txt --out o.jsonl --dates dmy"),
    "corpus build --encoding": Row("corpus build latin.txt --out o.jsonl", "--encoding latin-1", refused="corpus build sheets.xlsx t.parquet --out o.jsonl --encoding latin-1"),
    "corpus build --html": Row("corpus build tags.txt --out o.jsonl", "--html", refused="corpus build word.docx --out o.jsonl --html"),
    "corpus build --sheet": Row("corpus build sheets.xlsx --out o.jsonl", "--sheet second", refused="corpus build days.csv --out o.jsonl --sheet second"),
    "corpus build --language": Row("corpus build x.txt --out o.jsonl", "--language de", refused="corpus build x.txt --out o.jsonl --language ''"),
    "corpus build --lenient": Row("corpus build half.jsonl --out o.jsonl", "--lenient"),
    "corpus build --scheme": Row(f"corpus build {OWN} --out o.jsonl", "--scheme own.toml"),
    "corpus build --json": Row("corpus build x.txt --out o.jsonl", "--json", refused="corpus build x.txt --out - --json"),
    "corpus check --suspicious": Row("corpus check odd.jsonl", "--suspicious"),
    "corpus check --suppress": Row("corpus check odd.jsonl --suspicious", "--suppress answers.jsonl", refused="corpus check odd.jsonl --suppress answers.jsonl"),
    "corpus check --extractor": shown("corpus/test_dissent.py::test_the_command_lists_them_and_an_answer_silences_one", "corpus check odd.jsonl --extractor rules"),
    "corpus check --near": Row("corpus check near.jsonl", "--near"),
    "corpus check --threshold": Row("corpus check near.jsonl --near", "--threshold 0.95", refused="corpus check near.jsonl --threshold 0.95"),
    "corpus check --scheme": Row(f"corpus check {OWN}", "--scheme own.toml"),
    "corpus check --json": Row("corpus check gold.jsonl", "--json"),
    "corpus stats --workers": shown("corpus/test_shard_checks.py::test_workers_count_what_one_process_does", "corpus stats gold.jsonl --workers 2"),
    "corpus stats --scheme": Row(f"corpus stats {OWN}", "--scheme own.toml"),
    "corpus stats --lenient": Row("corpus stats half.jsonl", "--lenient"),
    "corpus stats --json": Row("corpus stats gold.jsonl", "--json"),
    "corpus diff --scheme": Row(f"corpus diff {OWN} {OWN}", "--scheme own.toml"),
    "corpus diff --json": Row("corpus diff ann.jsonl ben.jsonl", "--json"),
    # extractors
    "annotate --out": Row("annotate gold.jsonl", "--out a.jsonl", instead="--out b.jsonl", refused="annotate gold.jsonl --out ''"),
    "annotate --extractor": Row("annotate gold.jsonl --out o.jsonl", "--extractor command:cat"),
    "annotate --workers": shown("annotate/test_run.py::test_a_document_that_ends_its_process_costs_only_itself", "annotate gold.jsonl --out o.jsonl --engine dask:127.0.0.1:1 --workers 2"),
    "annotate --overwrite": Row("annotate gold.jsonl --out gold.jsonl", "--overwrite", refused="annotate gold.jsonl --out o.jsonl --overwrite"),
    "annotate --engine": shown("annotate/test_shards.py::test_any_engine_makes_the_same_shards_as_of_one_file"),
    "annotate --retry-failed": shown("annotate/test_shards.py::test_a_document_that_ends_its_process_costs_only_itself", "annotate gold.jsonl --out o.jsonl --retry-failed"),
    "annotate --lenient": Row("annotate half.jsonl --out o.jsonl", "--lenient"),
    "annotate --scheme": Row(f"annotate {OWN} --out o.jsonl --extractor command:cat", "--scheme own.toml"),
    "extractors --json": Row("extractors", "--json"),
    # shards
    "corpus shard --out": Row("corpus shard gold.jsonl", "--out a", instead="--out b", refused="corpus shard gold.jsonl --out gold.jsonl"),
    "corpus shard --documents": Row("corpus shard gold.jsonl --out d", "--documents 1"),
    "corpus shard --suffix": Row("corpus shard gold.jsonl --out d", "--suffix .parquet", refused="corpus shard gold.jsonl --out d --suffix .csv"),
    "corpus shard --overwrite": shown("annotate/test_shards.py::test_shards_and_merge_are_each_others_reverse"),
    "corpus shard --lenient": Row("corpus shard half.jsonl --out d", "--lenient"),
    "corpus shard --scheme": Row(f"corpus shard {OWN} --out d", "--scheme own.toml"),
    "corpus merge --out": Row("corpus merge gold.jsonl", "--out a.jsonl", instead="--out b.jsonl"),
    "corpus merge --lenient": Row("corpus merge half.jsonl --out o.jsonl", "--lenient"),
    "corpus merge --scheme": Row(f"corpus merge {OWN} --out o.jsonl", "--scheme own.toml"),
    # passes
    "adjudicate --out": Row(ADJUDICATE, "--out a.jsonl", instead="--out b.jsonl"),
    "adjudicate --decisions": Row(f"{ADJUDICATE} --out o.jsonl", "--decisions decisions.jsonl", refused=f"{ADJUDICATE} --out o.jsonl --decisions ''"),
    "adjudicate --review": Row(f"{ADJUDICATE} --out o.jsonl", "--review review.jsonl", refused=f"{ADJUDICATE} --out o.jsonl --review review.jsonl --review review.jsonl"),
    "adjudicate --conflicts": Row(f"{ADJUDICATE} --out o.jsonl", "--conflicts c.jsonl", refused=f"{ADJUDICATE} --out o.jsonl --conflicts o.jsonl"),
    "adjudicate --name": Row(f"{ADJUDICATE} --out o.jsonl", "--name us"),
    "adjudicate --guidelines": Row(f"{ADJUDICATE} --out o.jsonl", "--guidelines 0.1"),
    "adjudicate --scheme": Row(f"adjudicate {OWN} {OWN}.2 --out o.jsonl".replace(".jsonl.2", "-2.jsonl"), "--scheme own.toml"),
    "adjudicate --json": Row(f"{ADJUDICATE} --out o.jsonl", "--json", refused=f"{ADJUDICATE} --out - --json"),
    "agree --title": Row("agree ann.jsonl ben.jsonl --html r.html", "--title Pilot", refused="agree ann.jsonl ben.jsonl --title Pilot"),
    "agree --date": Row("agree ann.jsonl ben.jsonl --html r.html", "--date 2024-05-31", refused="agree ann.jsonl ben.jsonl --date today"),
    "agree --html": Row("agree ann.jsonl ben.jsonl", "--html r.html", refused="agree ann.jsonl ben.jsonl --html r.html --html s.html"),
    "agree --scheme": Row("agree hazard.jsonl hazard-2.jsonl", "--scheme own.toml"),
    "agree --json": Row("agree ann.jsonl ben.jsonl", "--json"),
    "agree --gamma": Row("agree ann.jsonl ben.jsonl", "--gamma"),
    "agree --resamples": Row("agree gold.jsonl sys.jsonl --intervals", "--resamples 5"),
    "agree --seed": Row("agree gold.jsonl sys.jsonl --resamples 5 --intervals", "--seed 7", refused="agree ann.jsonl ben.jsonl --resamples 0 --seed 7"),
    "agree --intervals": Row("agree ann.jsonl ben.jsonl", "--intervals", refused="agree ann.jsonl ben.jsonl --resamples 0 --intervals"),
    # formats
    "export --to": Row("export gold.jsonl --out d", "--to conll", instead="--to jsonl"),
    "export --out": Row("export gold.jsonl --to jsonl", "--out d", instead="--out e.jsonl"),
    "export --overwrite": Row("export gold.jsonl --to jsonl --out earlier", "--overwrite", refused="export gold.jsonl --to jsonl --out e.jsonl --overwrite"),
    "export --pass": Row(HF, "--pass ann.jsonl", refused="export gold.jsonl --to conll --out d --pass ann.jsonl"),
    "export --metadata": Row(HF, "--metadata about.toml", refused="export gold.jsonl --to jsonl --out d --metadata about.toml"),
    "export --no-text": Row(HF, "--no-text", refused="export gold.jsonl --to brat --out d --no-text"),
    "export --push": Row(f"{HF} --no-text", "--push us/it --dry-run", refused="export gold.jsonl --to jsonl --out d --push us/it"),
    "export --dry-run": shown("corpus/test_publish.py::test_a_dry_run_says_what_would_go_up_and_asks_nobody", f"{HF} --dry-run"),
    "export --include-text": Row(f"{HF} --push us/it --dry-run", "--include-text", refused=f"{HF} --push us/it --dry-run --no-text --include-text"),
    "export --private": Row(f"{HF} --no-text --push us/it --dry-run", "--private", refused=f"{HF} --private"),
    "export --language": Row(HF, "--language de"),
    "export --scheme": Row(f"export {OWN} --to jsonl --out d", "--scheme own.toml"),
    "export --json": Row("export gold.jsonl --to jsonl --out d", "--json"),
    "convert --out": Row("convert c.conll", "--out a.jsonl", instead="--out b.jsonl"),
    "convert --from": Row("convert tokens.txt --out o.jsonl", "--from conll"),
    "convert --map": Row("convert foreign.jsonl --out o.jsonl", "--map map.toml", refused="convert tasks.json --out o.jsonl --map map.toml --scheme auto"),
    "convert --restore": Row("convert bare.jsonl --out o.jsonl", "--restore gold.jsonl"),
    "convert --columns": Row("convert rows.jsonl --out o.jsonl", "--columns tags=other", refused="convert gold.jsonl --out o.jsonl --columns tags=other"),
    "convert --repair": Row("convert ill.conll --out o.jsonl", "--repair conlleval", refused="convert gold.jsonl --out o.jsonl --repair conlleval"),
    "convert --fragments": Row("convert split --out o.jsonl", "--fragments skip", refused="convert tasks.json --out o.jsonl --fragments skip"),
    "convert --encoding": Row("convert latin.csv --out o.jsonl", "--encoding latin-1", refused="convert gold.jsonl --out o.jsonl --encoding latin-1"),
    "convert --id-field": Row("convert tasks.json --out o.jsonl", "--id-field name", refused="convert split --out o.jsonl --id-field name"),
    "convert --passes": Row("convert tasks.json --out d", "--passes", refused="convert split --out d --passes"),
    "convert --audit": Row("convert tasks.json --out o.jsonl", "--audit a.csv", refused="convert gold.jsonl --out o.jsonl --audit a.csv"),
    "convert --scheme": Row(f"convert {OWN} --out o.jsonl", "--scheme auto", refused="convert tasks.json --out - --scheme auto"),
    "convert --json": Row("convert gold.jsonl --out o.jsonl", "--json", refused="convert gold.jsonl --out - --json"),
    # scores
    "score --map": Row("score gold.jsonl foreign.jsonl --resamples 0", "--map map.toml"),
    "score --errors": Row(SCORE, "--errors", refused=f"{SCORE} --errors --format csv"),
    "score --tags": Row("score c.conll c.conll --resamples 0", "--tags as-is", refused="score c.conll c.conll --tags as-is --format csv"),
    "score --training": Row(f"{SCORE} --errors --json", "--training gold.jsonl", refused=f"{SCORE} --training gold.jsonl"),
    "score --agreement-of": Row(SCORE, "--agreement-of ann.jsonl --agreement-of ben.jsonl", refused=f"{SCORE} --agreement-of ann.jsonl --format latex"),
    "score --labels": Row(SCORE, "--labels ACTOR", refused=f"{SCORE} --labels ,"),
    "score --resamples": Row("score gold.jsonl sys.jsonl", "--resamples 50"),
    "score --measures": Row(SCORE, "--measures iou@0.5", refused=f"{SCORE} --measures strict"),
    "score --by": Row(SCORE, "--by meta.publisher", refused=f"{SCORE} --by month --by month"),
    "score --per-document": Row(SCORE, "--per-document", refused=f"{SCORE} --per-document --format markdown"),
    "score --seed": Row("score gold.jsonl sys.jsonl --resamples 50", "--seed 7", refused=f"{SCORE} --seed 7"),
    "score --common": Row("score gold.jsonl part.jsonl --resamples 0", "--common"),
    "score --intervals": Row("score part.jsonl part.jsonl --resamples 50", "--intervals", refused=f"{SCORE} --intervals"),
    "score --columns": Row("score gold.jsonl spans.csv --resamples 0", "--columns start=begin,end=stop,id=doc", refused=f"{SCORE} --columns label=other"),
    "score --repair": Row("score gold.jsonl ill.conll --common --resamples 0", "--repair discard", refused="score c.conll c.conll --tags as-is --repair discard"),
    "score --fragments": Row("score gold.jsonl split --resamples 0", "--fragments skip", refused=f"{SCORE} --fragments skip"),
    "score --encoding": Row("score gold.jsonl latin.csv --common --resamples 0", "--encoding latin-1", refused=f"{SCORE} --encoding latin-1"),
    "score --id-field": Row("score tasks.json tasks.json --resamples 0", "--id-field name", refused=f"{SCORE} --id-field name"),
    "score --tokens": Row(SCORE, "--tokens"),
    "score --test": Row(f"{SCORE} part.jsonl --json", "--test spans.partial.micro.f1", refused=f"{SCORE} --test spans.partial.micro.f1"),
    "score --fail-under": Row(SCORE, "--fail-under spans.strict.micro.f1=1"),
    "score --title": Row(f"{SCORE} --html r.html", "--title Pilot", refused=f"{SCORE} --title Pilot"),
    "score --date": Row(f"{SCORE} --html r.html", "--date 2024-05-31", refused=f"{SCORE} --date today"),
    "score --html": Row(SCORE, "--html r.html"),
    "score --scheme": Row(f"score {OWN} {OWN} --resamples 0", "--scheme own.toml"),
    "score --out": Row(SCORE, "--out scores.json", refused=f"{SCORE} --out gold.jsonl"),
    "score --format": Row(SCORE, "--format latex", refused=f"{SCORE} --format tex"),
    "score --json": Row(SCORE, "--json", refused=f"{SCORE} --json --format csv"),
    "leaderboard --html": Row(LEADERBOARD, "--html site", refused=f"{LEADERBOARD} --html site --html site"),
    "leaderboard --title": Row(f"{LEADERBOARD} --html site", "--title Pilot", refused=f"{LEADERBOARD} --title Pilot"),
    "leaderboard --description": Row(f"{LEADERBOARD} --html site", "--description Pilot", refused=f"{LEADERBOARD} --description Pilot"),
    "leaderboard --date": Row(f"{LEADERBOARD} --html site", "--date 2024-05-31", refused=f"{LEADERBOARD} --date today"),
    "leaderboard --test": Row(LEADERBOARD, "--test spans.partial.micro.f1"),
    "leaderboard --format": Row(LEADERBOARD, "--format csv", refused=f"{LEADERBOARD} --format cvs"),
    "leaderboard --json": Row(LEADERBOARD, "--json", refused=f"{LEADERBOARD} --json --format csv"),
    "bench --extractor": shown(f"{BENCH}::test_extractors_are_scored_with_their_time_and_memory"),
    "bench --resamples": shown(f"{BENCH}::test_extractors_are_scored_with_their_time_and_memory"),
    "bench --seed": shown(BENCHED, "bench gold.jsonl --extractor rules --resamples 0 --seed 7"),
    "bench --title": shown(BENCHED, "bench gold.jsonl --extractor rules --title Pilot"),
    "bench --date": shown(BENCHED, "bench gold.jsonl --extractor rules --date today"),
    "bench --html": shown(BENCHED),
    "bench --scheme": shown(BENCHED),
    "bench --format": shown(BENCHED, "bench gold.jsonl --extractor rules --format cvs"),
    "bench --json": shown(f"{BENCH}::test_extractors_are_scored_with_their_time_and_memory", "bench gold.jsonl --extractor rules --json --format csv"),
    "train --out": Row("train ann.jsonl --epochs 1", "--out m", instead="--out n"),
    "train --folds": shown("annotate/test_training.py::test_a_trained_pipeline_is_an_extractor_and_is_scored_on_what_it_has_not_seen"),
    "train --seed": Row("train ann.jsonl --out m --epochs 1", "--seed 7"),
    "train --epochs": Row("train ann.jsonl --out m {}", "--epochs 1", instead="--epochs 2"),
    "train --language": Row("train ann.jsonl --out m --epochs 1", "--language de"),
    "train --scheme": Row(f"train {OWN} --out m --epochs 1", "--scheme own.toml"),
    "train --json": Row("train ann.jsonl --out m --epochs 1", "--json"),
    "lookup --actors": Row("lookup Blue", "--actors actors.tsv"),
    "lookup --places": Row("lookup Smallville", "--places places.tsv"),
    "lookup --country": Row("lookup Tripoli", "--country LBN", refused="lookup Tripoli --country ''"),
    "lookup --population": Row("lookup geonames:92004", "--population 5000"),
    "lookup --scheme": Row("lookup Goma", "--scheme courts.toml", refused="lookup Goma --scheme ''"),
    "lookup --label": Row("lookup Iran", "--label LOCATION", refused="lookup Iran --label ''"),
    "lookup --json": Row("lookup Iran", "--json"),
    "doctor --json": shown("cli/test_doctor.py::test_all_that_is_needed_is_there_and_listed"),
    # Label Studio
    "studio up --name": shown(f"{SERVER}::test_servers_of_other_names_have_data_and_users_of_their_own", "studio up --name ''"),
    "studio up --port": shown(f"{SERVER}::test_a_taken_port_is_left_to_its_owner", "studio up --port 9001 --port 9002"),
    "studio up --local-backends": shown(f"{SERVER}::test_other_settings_are_not_taken_in_silence"),
    "studio up --mark-once": shown("annotate/label_studio/test_mark_once.py::test_one_mark_is_all_marks_on_the_page_and_work_goes_on_without_the_service"),
    "studio up --database": shown("annotate/label_studio/test_postgres.py::test_it_keeps_its_data_in_a_postgresql_of_its_own_which_starts_stops_and_recovers_with_it", "studio up --database-url postgresql://me@h/d --database postgres"),
    "studio up --database-url": shown("annotate/label_studio/test_postgres.py::test_a_database_of_the_users_is_used_and_its_password_kept_from_others", "studio up --database postgres --database-url postgresql://me@h/d"),
    "studio up --json": shown(f"{SERVER}::test_two_who_start_it_at_once_get_one_server"),
    "studio compose --out": shown("annotate/label_studio/test_compose.py::test_a_compose_file_says_what_runs_and_its_secrets_lie_beside_it", "studio compose --out ''"),
    "studio compose --address": shown("annotate/label_studio/test_compose.py::test_a_compose_file_says_what_runs_and_its_secrets_lie_beside_it"),
    "studio compose --port": shown("annotate/label_studio/test_compose.py::test_a_compose_file_says_what_runs_and_its_secrets_lie_beside_it"),
    "studio compose --workers": shown("annotate/label_studio/test_compose.py::test_a_compose_file_says_what_runs_and_its_secrets_lie_beside_it"),
    "studio move --to": shown("annotate/label_studio/test_move.py::test_all_data_goes_to_postgresql_with_its_numbers_and_times_and_sqlite_stays_as_it_was", "studio move --to ''"),
    "studio move --name": shown("annotate/label_studio/test_move.py::test_all_data_goes_to_postgresql_with_its_numbers_and_times_and_sqlite_stays_as_it_was", "studio move --to postgres --name ''"),
    "studio move --json": shown("annotate/label_studio/test_move.py::test_all_data_goes_to_postgresql_with_its_numbers_and_times_and_sqlite_stays_as_it_was"),
    "studio down --name": shown(f"{SERVER}::test_servers_of_other_names_have_data_and_users_of_their_own"),
    "studio status --name": Row("studio status", "--name bea", refused="studio status --url http://127.0.0.1:1 --name bea"),
    "studio status --password": shown(f"{SERVER}::test_its_user_logs_in_with_the_password_that_is_shown"),
    "studio status --plan": shown(f"{TEAM}::test_two_annotators_and_a_reviewer_make_gold_with_provenance", "studio status --password --plan team.json"),
    "studio status --url": Row("studio status", "--url http://127.0.0.1:1", refused="studio status --plan apart.json --url http://127.0.0.1:1"),
    "studio status --json": Row("studio status", "--json", refused="studio status --password --json"),
    "studio invite --name": Row("studio invite", "--name bea", refused="studio invite --name bea --url http://127.0.0.1:1"),
    "studio invite --url": Row("studio invite", "--url http://127.0.0.1:1", refused="studio invite --url http://127.0.0.1:1 --url http://127.0.0.1:2"),
    "studio logs --name": Row("studio logs", "--name bea"),
    "studio logs --lines": Row("studio logs", "--lines 1"),
    "studio logs --follow": shown("cli/test_effects.py::test_a_log_is_followed"),
    "studio push --suggestions": shown(f"{WORK}::test_new_suggestions_replace_old_ones_and_leave_peoples_work_and_other_extractors_alone", "studio push gold.jsonl --suggestions sys.jsonl --suggestions sys.jsonl"),
    "studio push --project": Row("studio push gold.jsonl --annotators ann,ben", "--project P", refused="studio push gold.jsonl --plan team.json --project other"),
    "studio push --annotators": Row("studio push gold.jsonl", "--annotators ann,ben", refused="studio push gold.jsonl --annotators ,"),
    "studio push --overlap": Row("studio push gold.jsonl --annotators ann,ben", "--overlap 2", refused="studio push gold.jsonl --overlap 2"),
    "studio push --blind": Row("studio push gold.jsonl --annotators ann,ben", "--blind 1", refused="studio push gold.jsonl --plan team.json --blind 0.5"),
    "studio push --plan": Row("studio push gold.jsonl --annotators ann,ben", "--plan p.json", refused="studio push gold.jsonl --plan p.json --plan team.json"),
    "studio push --server-per-annotator": Row("studio push gold.jsonl --annotators ann,ben", "--server-per-annotator", refused="studio push gold.jsonl --plan team.json --server-per-annotator"),
    "studio push --conflicts": shown(f"{TEAM}::test_two_annotators_and_a_reviewer_make_gold_with_provenance", "studio push gold.jsonl --annotators ann --conflicts c.jsonl"),
    "studio push --order": shown(f"{TEAM}::test_the_order_of_reading_is_that_of_the_tasks_and_is_remembered"),
    "studio push --random-share": shown(f"{TEAM}::test_the_order_of_reading_is_that_of_the_tasks_and_is_remembered", "studio push gold.jsonl --random-share 0.5"),
    "studio push --faint": shown("annotate/label_studio/test_page.py::test_suggestions_of_low_score_are_faint_where_that_is_asked_for", "studio push gold.jsonl --faint 0.5 --conflicts c.jsonl"),
    "studio push --guidelines": shown(f"{WORK}::test_guidelines_of_ones_own_are_the_projects_instructions"),
    "studio push --name": Row("studio push gold.jsonl", "--name bea", refused="studio push gold.jsonl --plan apart.json --name bea"),
    "studio push --url": Row("studio push gold.jsonl", "--url http://127.0.0.1:1", refused="studio push gold.jsonl --plan apart.json --url http://127.0.0.1:1"),
    "studio push --scheme": Row(f"studio push {OWN}", "--scheme own.toml"),
    "studio push --json": shown(f"{TEAM}::test_two_annotators_and_a_reviewer_make_gold_with_provenance"),
    "studio pull --out": shown(f"{WORK}::test_each_annotator_has_a_layer_and_skips_are_told", "studio pull --out ''"),
    "studio pull --annotator": shown(f"{WORK}::test_each_annotator_has_a_layer_and_skips_are_told", "studio pull --out d --plan team.json --annotator ann"),
    "studio pull --plan": shown(f"{TEAM}::test_two_annotators_and_a_reviewer_make_gold_with_provenance", "studio pull --out d --plan ''"),
    "studio pull --propagate-values": shown(f"{WORK}::test_a_value_is_carried_to_equal_spans_where_that_is_asked_for"),
    "studio pull --drafts": shown("annotate/label_studio/test_drafts.py::test_drafts_come_as_unfinished_layers_and_are_counted_otherwise"),
    "studio pull --project": shown(f"{WORK}::test_each_annotator_has_a_layer_and_skips_are_told", "studio pull --out d --plan team.json --project P"),
    "studio pull --name": Row("studio pull --out d", "--name bea", refused="studio pull --out d --plan apart.json --name bea"),
    "studio pull --url": Row("studio pull --out d", "--url http://127.0.0.1:1", refused="studio pull --out d --plan apart.json --url http://127.0.0.1:1"),
    "studio pull --scheme": shown(f"{WORK}::test_a_changed_scheme_updates_the_project_or_says_what_stands_in_the_way"),
    "studio pull --json": shown(f"{WORK}::test_each_annotator_has_a_layer_and_skips_are_told"),
    "studio reassign --from": shown(f"{LEAVES}::test_the_command_tells_what_it_does", "studio reassign --from ann --from ben"),
    "studio reassign --to": shown(f"{LEAVES}::test_the_command_tells_what_it_does", "studio reassign --from ann --to ''"),
    "studio reassign --plan": Row("studio reassign --from ann", "--plan team.json", refused="studio reassign --from ann --plan ''"),
    "studio reassign --dry-run": shown(f"{LEAVES}::test_the_command_tells_what_it_does"),
    "studio reassign --name": Row("studio reassign --from ann --plan team.json", "--name bea", refused="studio reassign --from ann --plan apart.json --name bea"),
    "studio reassign --url": Row("studio reassign --from ann --plan team.json", "--url http://127.0.0.1:1", refused="studio reassign --from ann --plan apart.json --url http://127.0.0.1:1"),
    "studio reassign --scheme": Row("studio reassign --from ann --plan team.json", "--scheme nowhere.toml"),
    "studio reassign --json": shown(f"{LEAVES}::test_the_command_tells_what_it_does"),
    "studio report --plan": Row("studio report ann.jsonl ben.jsonl", "--plan team.json", refused="studio report --plan ''"),
    "studio report --suggestions": shown(f"{PROGRESS}::test_the_server_and_pulled_passes_give_the_same_report", "studio report --suggestions sys.jsonl"),
    "studio report --project": shown(f"{PROGRESS}::test_anybody_may_do_the_documents_of_a_single_project", "studio report --plan team.json --project P"),
    "studio report --name": Row("studio report", "--name bea", refused="studio report ann.jsonl --name bea"),
    "studio report --url": Row("studio report", "--url http://127.0.0.1:1", refused="studio report ann.jsonl --url http://127.0.0.1:1"),
    "studio report --html": Row("studio report ann.jsonl ben.jsonl", "--html r.html", refused="studio report ann.jsonl --html ''"),
    "studio report --title": Row("studio report ann.jsonl ben.jsonl --html r.html", "--title T", refused="studio report ann.jsonl --title T"),
    "studio report --date": Row("studio report ann.jsonl ben.jsonl", "--date 2024-05-31", refused="studio report ann.jsonl --date ''"),
    "studio report --scheme": Row(f"studio report {OWN}", "--scheme own.toml"),
    "studio report --json": Row("studio report ann.jsonl ben.jsonl", "--json", refused="studio report ann.jsonl --json --json"),
    "studio backend --extractor": shown(f"{BACKEND}::test_what_cannot_be_served_is_said"),
    "studio backend --project": shown(f"{BACKEND}::test_what_cannot_be_served_is_said"),
    "studio backend --name": Row("studio backend --extractor rules", "--name bea", refused="studio backend --extractor rules --name bea --url http://127.0.0.1:1"),
    "studio backend --url": Row("studio backend --extractor rules", "--url http://127.0.0.1:1"),
    "studio backend --host": shown(f"{BACKEND}::test_what_cannot_be_served_is_said"),
    "studio backend --port": shown(f"{BACKEND}::test_what_cannot_be_served_is_said"),
    "studio backend --scheme": Row("studio backend --extractor rules", "--scheme nowhere.toml"),
}  # fmt: skip
