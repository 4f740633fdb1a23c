import assert from "node:assert/strict";

import { ADMIN_EN } from "../web/languages/admin/en.ts";
import { type Catalog, withoutForm } from "../web/languages/catalog.ts";
import { EN } from "../web/languages/en.ts";

/** All texts by path, without their forms for numbers. */
function* pathsOf(catalog: Catalog, path = ""): Generator<string> {
  for (const [name, value] of Object.entries(catalog)) {
    const place = `${path}${withoutForm(name)}`;
    if (typeof value === "string") yield place;
    else yield* pathsOf(value, `${place}.`);
  }
}

/** What the client's sources say, without comments, tests and catalogues. */
async function sourcesOf(folder: URL): Promise<string> {
  const texts: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name === "dist") continue;
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    const isCatalog = /\/languages\/(admin\/)?(\w\w)\.ts$/.test(url.pathname);
    if (isDirectory) texts.push(await sourcesOf(url));
    else if (/\.tsx?$/.test(name) && !/_test\.ts/.test(name) && !isCatalog) {
      texts.push(await Deno.readTextFile(url));
    }
  }
  return texts.join("\n").replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
}

Deno.test("every word of the catalogues is said somewhere", async () => {
  const sources = await sourcesOf(new URL("../web/", import.meta.url));
  const said = new Set(sources.match(/[\w-]+/g));
  // A word is read by its name, or by a value that is spelt like it.
  const unused = [...pathsOf(EN), ...pathsOf(ADMIN_EN, "admin.")]
    .filter((path) => !said.has(path.split(".").at(-1) ?? ""));
  assert.deepEqual(unused, []);
});
