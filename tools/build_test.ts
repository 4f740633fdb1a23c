import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { buildWeb } from "./build.ts";

/** The most that a group's page may load before somebody touches it. */
const FIRST_LOAD_BYTES = 150_000;

/** Of these a browser does nothing by itself; `effects_test.ts` sees that it is so. */
const EFFECTS = /<link rel="(?:picture|segmenter|rnnoise)-[^>]*>/g;

/** The subset of the font that English needs; browsers load no other for it. */
const FONT = /^assets\/inter-latin-wght-.*\.woff2$/;

Deno.test("what a group's page loads first is small", async () => {
  const folder = await Deno.makeTempDir({ prefix: "nereid-build-" });
  try {
    const sizes = await buildWeb(folder);
    const page = await Deno.readTextFile(`${folder}/group.html`);
    assert.equal(page.match(EFFECTS)?.length, 6);
    const atOnce = page.replaceAll(EFFECTS, "");
    const named = [...atOnce.matchAll(/(?:src|href)="\/([^"]+)"/g)]
      .map(([, path = ""]) => path);
    const fonts = [...sizes.keys()].filter((path) => FONT.test(path));
    assert.equal(fonts.length, 1);
    assert.ok(named.some((path) => path.endsWith(".css")));
    assert.ok(named.filter((path) => path.endsWith(".js")).length > 1);

    let bytes = 0;
    for (const path of ["group.html", ...named, ...fonts]) {
      const content = await Deno.readFile(`${folder}/${path}`);
      bytes += path.endsWith(".woff2")
        ? content.length
        : gzipSync(content, { level: 9 }).length;
    }
    assert.ok(bytes < FIRST_LOAD_BYTES, `it is ${bytes} bytes`);
    console.log(`A group's page loads ${bytes} bytes first`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a page names all that its scripts import", async () => {
  const folder = await Deno.makeTempDir({ prefix: "nereid-build-" });
  try {
    await buildWeb(folder);
    const page = await Deno.readTextFile(`${folder}/group.html`);
    for (const [, script = ""] of page.matchAll(/src="\/([^"]+)"/g)) {
      const text = await Deno.readTextFile(`${folder}/${script}`);
      const imports = [...text.matchAll(/from"\.\/([^"]+)"/g)];
      assert.ok(imports.length > 0);
      for (const [, name] of imports) {
        assert.ok(page.includes(`rel="modulepreload" href="/assets/${name}"`));
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
