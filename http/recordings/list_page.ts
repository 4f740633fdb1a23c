import { toGroupPath } from "../group_path.ts";
import { STYLE_NAME } from "./recordings_path.ts";
import { RECORDINGS_WORDS, type RecordingsWords } from "./words.ts";

/** A file of a group's recordings. */
export interface RecordedFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/** What the page of a list shows. */
export interface ListPage {
  readonly group: string;
  /** In order. */
  readonly files: readonly RecordedFile[];
  /** One of those that there are words of. */
  readonly language: string;
  /** Below which path browsers see the server. */
  readonly basePath: string;
}

/** Writes the page of a group's recordings: without a script, as it needs none. */
export function writeListPage(
  { group, files, language, basePath }: ListPage,
): string {
  const words = RECORDINGS_WORDS[language] ?? RECORDINGS_WORDS["en"]!;
  const base = encodeURI(basePath);
  const title = `${escape(words.title)} – <bdi>${escape(group)}</bdi>`;
  const direction = language === "ar" ? "rtl" : "ltr";
  return `<!doctype html>
<html lang="${language}" dir="${direction}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${escape(`${words.title} – ${group}`)}</title>
    <link rel="stylesheet" href="${base}/recordings/${STYLE_NAME}">
  </head>
  <body>
    <main>
      <h1>${title}</h1>
      ${
    files.length === 0
      ? `<p>${escape(words.none)}</p>`
      : table(files, words, language)
  }
      <p><a href="${base}${toGroupPath(group)}">${escape(words.back)}</a></p>
    </main>
  </body>
</html>
`;
}

function table(
  files: readonly RecordedFile[],
  words: RecordingsWords,
  language: string,
): string {
  const head = [words.name, words.size, words.action]
    .map((word) => `<th scope="col">${escape(word)}</th>`).join("");
  const rows = files.map((file) => row(file, words, language)).join("\n");
  return `<table>
        <thead><tr>${head}</tr></thead>
        <tbody>
${rows}
        </tbody>
      </table>`;
}

function row(
  { name, sizeBytes }: RecordedFile,
  words: RecordingsWords,
  language: string,
): string {
  const size = new Intl.NumberFormat(language).format(sizeBytes);
  const label = escape(words.removeOne.replace("{name}", () => name));
  return `          <tr>
            <td><a href="./${encodeURIComponent(name)}"><bdi>${
    escape(name)
  }</bdi></a></td>
            <td>${size}</td>
            <td>
              <form method="post" action="./">
                <input type="hidden" name="q" value="delete">
                <input type="hidden" name="filename" value="${escape(name)}">
                <button aria-label="${label}">${escape(words.remove)}</button>
              </form>
            </td>
          </tr>`;
}

/** Text as HTML, also within an attribute. */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** How that page looks: on phones, too, and in the dark. */
export const LIST_STYLE = `:root {
  color-scheme: light dark;
  font-family: system-ui, sans-serif;
  line-height: 1.5;
  color: light-dark(#1b1f24, #e9ecf0);
  background: light-dark(#f7f8fa, #15181d);
}
body {
  margin: 0;
}
main {
  max-inline-size: 60rem;
  margin-inline: auto;
  padding: 1rem;
}
h1 {
  font-size: 1.5rem;
  overflow-wrap: anywhere;
}
a {
  color: light-dark(#1a56b8, #8fb8ff);
  overflow-wrap: anywhere;
}
table {
  inline-size: 100%;
  border-collapse: collapse;
}
th,
td {
  padding: 0.5rem;
  text-align: start;
  border-block-end: 1px solid light-dark(#d5d9e0, #363c46);
}
td a {
  display: flex;
  align-items: center;
  min-block-size: 2.75rem;
}
td:nth-child(2) {
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}
form {
  margin: 0;
}
button {
  font: inherit;
  min-block-size: 2.75rem;
  padding-inline: 1rem;
  color: light-dark(#a31621, #ffb3b3);
  background: transparent;
  border: 1px solid currentcolor;
  border-radius: 0.5rem;
  cursor: pointer;
}
:focus-visible {
  outline: 3px solid light-dark(#1a56b8, #8fb8ff);
  outline-offset: 2px;
}
@media (max-width: 30rem) {
  thead {
    position: absolute;
    clip-path: inset(50%);
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
  }
  tr {
    display: block;
    padding-block: 0.5rem;
    border-block-end: 1px solid light-dark(#d5d9e0, #363c46);
  }
  td {
    display: block;
    padding-block: 0.25rem;
    border: 0;
  }
}
`;
