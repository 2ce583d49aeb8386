"""Style sheets of the labeling config, on top of Label Studio's own.

Class names that begin with lsf are the editor's; a version with other names shows the same controls, less compactly.
The style sheets contain no quotation marks or angle brackets, because the editor would escape them. The handles that
move a span's bounds are `area` elements, which newer browsers do not show by default.
"""

from __future__ import annotations

STYLE = """
.goldspan { display: flex; gap: 20px; align-items: flex-start; }
.goldspan h1, .goldspan h2, .goldspan h3, .goldspan h4, .goldspan h5, .goldspan h6 { margin: 0 !important; }
.goldspan h2, .goldspan h4, .goldspan .ant-checkbox + span, .goldspan .lsf-label { unicode-bidi: plaintext; }
.goldspan textarea, .goldspan-conflicts .lsf-richtext__line { unicode-bidi: plaintext; text-align: start; }
.goldspan-main { flex: 0 1 890px; min-width: 0; }
.goldspan-top { position: sticky; top: 0; z-index: 3; padding: 6px 0; background: var(--color-neutral-background); }
.goldspan-head { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: baseline; }
.goldspan-head h2, .goldspan-head h4 { font-size: 16px; line-height: 22px; }
.goldspan-head h4 { font-weight: 400; white-space: nowrap; }
.goldspan-top .lsf-labels { margin: 4px 0 0 0; }
.goldspan-text .lsf-htx-richtext { max-width: 46em; font-size: 18px; line-height: 1.6; overflow-wrap: anywhere; }
.goldspan-text .htx-highlight area { display: inline-block; }
.goldspan-text [class*=htx-highlight-same-] { text-decoration: underline dotted 2px; text-underline-offset: 4px; }
.goldspan-text .lsf-richtext__line { width: 100%; unicode-bidi: plaintext; text-align: start; }
.goldspan-text .htx-highlight .htx-highlight { box-shadow: 0 0 0 2px #cf222e; }
.goldspan-overlap { display: none; }
.goldspan-main:has(.htx-highlight .htx-highlight) .goldspan-overlap { display: block; }
.goldspan-overlap h4 { font-weight: 600; color: #cf222e !important; }
.goldspan-side { flex: 1 0 285px; max-width: 400px; }
.goldspan-side { position: sticky; top: 0; max-height: calc(100vh - 130px); overflow-y: auto; }
.goldspan-side:has(.goldspan-conflicts) { display: flex; flex-wrap: wrap; gap: 0 20px; max-width: none; }
.goldspan-values { flex: 1 1 285px; }
.goldspan-conflicts { flex: 2 1 300px; }
@media (max-width: 1600px) {
  .goldspan-values { max-height: calc(60vh - 80px); overflow-y: auto; }
  .goldspan-conflicts { max-height: calc(40vh - 60px); overflow-y: auto; }
}
.goldspan-guideline .ant-collapse-header { padding: 2px 0 !important; font-size: 13px; }
.goldspan-guideline .ant-collapse-content-box { padding: 0 0 4px 0 !important; }
.goldspan-guideline .ant-collapse-content h4 { font-size: 12px; line-height: 16px; padding: 0 0 4px; font-weight: 400; }
.goldspan-side h4 { font-size: 14px; line-height: 18px; padding-top: 8px; }
.goldspan-about h4 { font-size: 12px; line-height: 15px; padding-top: 0; font-weight: 400; opacity: 0.75; }
.goldspan-row { display: flex; gap: 8px; }
.goldspan-row input[type=number] { width: 100%; }
.goldspan-cell { flex: 1 1 0; min-width: 0; }
.goldspan-cell h4 { font-size: 12px; padding-top: 2px; font-weight: 400; }
.goldspan-side .lsf-choices { display: grid; grid-template-columns: 1fr 1fr; gap: 0 6px; margin: 2px 0; }
.goldspan-side .lsf-choice, .goldspan-side .lsf-choice__item, .goldspan-side .lsf-choice__checkbox { margin: 0; }
.goldspan-side .lsf-choice__item, .goldspan-side .lsf-choice__checkbox { padding: 0; }
.goldspan-side .lsf-choice { min-height: 0; height: 26px; }
.goldspan-side .ant-checkbox + span { padding: 0 0 0 6px; }
.goldspan-side .ant-checkbox + span { font-size: 13px; }
.goldspan-here .lsf-choices { grid-template-columns: 1fr; max-height: 168px; overflow-y: auto; }
.goldspan-here .lsf-choice, .goldspan-here .lsf-choice__item { height: auto; }
.goldspan-here .ant-checkbox + span { display: block; line-height: 18px; }
.goldspan-here .ant-checkbox-wrapper::after, .goldspan-here .ant-checkbox + span::after { content: none; }
.goldspan-here .lsf-hint { display: none; }
.goldspan-side .htx-taxonomy { width: 100%; }
.goldspan-side .htx-taxonomy .ant-select-selection-item { max-height: 46px; overflow: hidden; }
.goldspan-side .ant-form-item, .goldspan-side .lsf-text-area div { margin: 0 !important; }
"""
"""Style sheet of the labeling config; colours follow the editor's theme, light or dark."""

CONTEXT_STYLE = """
.goldspan-context .lsf-htx-richtext { max-width: 46em; font-size: 15px; line-height: 1.5; opacity: 0.55; }
.goldspan-context .lsf-htx-richtext { overflow-wrap: anywhere; user-select: none; cursor: default; }
.goldspan-context .lsf-richtext__line { width: 100%; unicode-bidi: plaintext; text-align: start; }
.goldspan-context + .goldspan-text, .goldspan-text + .goldspan-context { border-top: 1px dashed #8888; }
"""
"""Style sheet of what stands before and after a part of a document, for labeling configs that show it."""

GUIDELINES_STYLE = """
.goldspan-guidelines { line-height: 1.5; }
.goldspan-guidelines p, .goldspan-guidelines li, .goldspan-guidelines td, .goldspan-guidelines th,
.goldspan-guidelines h1, .goldspan-guidelines h2, .goldspan-guidelines h3 {
  unicode-bidi: plaintext; text-align: start;
}
.goldspan-guidelines p, .goldspan-guidelines ol, .goldspan-guidelines ul { margin: 0.6em 0; }
.goldspan-guidelines table { margin: 0.6em 0; }
.goldspan-guidelines h1, .goldspan-guidelines h2, .goldspan-guidelines h3 { margin: 1.2em 0 0.4em 0; }
.goldspan-guidelines ol { list-style: decimal; padding-left: 1.8em; }
.goldspan-guidelines ul { list-style: disc; padding-left: 1.8em; }
.goldspan-guidelines td, .goldspan-guidelines th { border: 1px solid #8888; padding: 2px 8px; }
"""
"""Style sheet of the guidelines: restores numbers, bullets and borders, which the surrounding page removes."""
