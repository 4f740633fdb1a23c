import assert from "node:assert/strict";

import { parseAuthorization, parseBearer } from "./credentials.ts";
import { decideOrigin } from "./cors.ts";
import { checkPreconditions, matchesEtag } from "./preconditions.ts";
import { splitPath } from "./split_path.ts";

Deno.test("checkPreconditions() decides as RFC 9110 wants it (D.4, H.2)", () => {
  const rows: [string, string, string, string, number][] = [
    ["GET", "", "", "", 0],
    ["GET", "", "*", "", 412],
    ["GET", "", "", "*", 0],
    ["POST", "", "*", "", 412],
    ["POST", "", "", "*", 0],
    ["GET", '"123"', "", "", 0],
    ["GET", '"123"', '"123"', "", 0],
    ["GET", '"123"', '"124"', "", 412],
    ["POST", '"123"', '"124"', "", 412],
    ["GET", '"123"', "*", "", 0],
    ["GET", '"123"', "", '"123"', 304],
    ["HEAD", '"123"', "", '"123"', 304],
    ["POST", '"123"', "", '"123"', 412],
    ["GET", '"123"', "", '"124"', 0],
    ["GET", '"123"', "", "*", 304],
    ["PUT", '"123"', '"123"', "*", 412],
  ];
  for (const [method, etag, ifMatch, ifNoneMatch, status] of rows) {
    const headers = new Headers();
    if (ifMatch !== "") headers.set("If-Match", ifMatch);
    if (ifNoneMatch !== "") headers.set("If-None-Match", ifNoneMatch);
    assert.equal(
      checkPreconditions(method, etag || undefined, headers) ?? 0,
      status,
      `${method} ${etag} ${ifMatch} ${ifNoneMatch}`,
    );
  }
});

Deno.test("matchesEtag() takes lists, and never a weak tag for a strong one (H.2)", () => {
  for (const list of ['"a"', ' "b" , "a"', '"a","b"', "*", 'W/"x", "a"']) {
    assert.equal(matchesEtag('"a"', list), true, list);
  }
  for (const list of ['"b"', 'W/"a"', "a", '"a', "", '"a b"', '"*"']) {
    assert.equal(matchesEtag('"a"', list), false, list);
  }
});

Deno.test("parseBearer() finds the token (H.2)", () => {
  for (const header of ["Bearer foo", "bearer foo", " Bearer foo "]) {
    assert.equal(parseBearer(header), "foo", header);
  }
  for (
    const header of ["foo", "foo bar", "Bearer", "Bearer ", "Bearer foo bar"]
  ) {
    assert.equal(parseBearer(header), undefined, header);
  }
});

Deno.test("parseAuthorization() reads names and passwords, colons and all", () => {
  const basic = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    return parseAuthorization(`Basic ${bytes.toBase64()}`);
  };

  assert.deepEqual(basic("jöhn:a:b"), {
    kind: "basic",
    username: "jöhn",
    password: "a:b",
  });
  assert.deepEqual(basic(":"), { kind: "basic", username: "", password: "" });
  assert.equal(basic("nocolon"), undefined);
  for (
    const header of [null, "", "Basic", "Basic !", "Basic /w==", "Digest x"]
  ) {
    assert.equal(parseAuthorization(header), undefined, header ?? "");
  }
});

Deno.test("splitPath() cuts at the first dot (H.2)", () => {
  const rows: [string, string, string, string][] = [
    ["/a/.b/c/.d/", "/a", ".b", "/c/.d/"],
    ["/.a/b/.c/", "", ".a", "/b/.c/"],
    ["/a", "/a", "", ""],
    ["/a/", "/a/", "", ""],
    ["/a/.b", "/a", ".b", ""],
    ["/a.b/c", "/a.b/c", "", ""],
    ["", "", "", ""],
  ];
  for (const [path, first, command, rest] of rows) {
    assert.deepEqual(splitPath(path), { first, command, rest }, path);
  }
});

Deno.test("decideOrigin() lets in pages of this server and of listed origins (D.4)", () => {
  const kind = (origin: string | undefined, allowed: string[]) => {
    const request = new Request("https://a.org:8443/galene-api/v0/.stats", {
      headers: { host: "a.org:8443", ...(origin && { origin }) },
    });
    return decideOrigin(request, allowed).kind;
  };

  assert.equal(kind(undefined, []), "allowed");
  assert.equal(kind("https://a.org:8443", []), "allowed");
  assert.equal(kind("https://b.org", []), "refused");
  assert.equal(kind("null", []), "refused");
  assert.equal(kind("https://b.org", ["https://B.org"]), "allowed");
  assert.equal(kind("https://c.org", ["https://b.org"]), "refused");
  assert.equal(kind("https://c.org", ["*"]), "allowed");
});
