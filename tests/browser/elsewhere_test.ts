/// <reference lib="dom" />
/** Groups that let others decide who gets in, or that are elsewhere. */
import assert from "node:assert/strict";
import { SignJWT } from "jose";
import type { Page } from "playwright-core";
import { STRINGS } from "../../web/strings.ts";
import { TestCall } from "../support/test_call.ts";

const SECRET = new TextEncoder().encode("a key of thirty-two bytes, or so");
const KEY = {
  kty: "oct",
  alg: "HS256",
  k: SECRET.toBase64({ alphabet: "base64url", omitPadding: true }),
};

/** A token by which the group at that address lets somebody in. */
async function sign(location: string, username: string): Promise<string> {
  return await new SignJWT({
    sub: username,
    permissions: ["present", "message"],
  }).setProtectedHeader({ alg: "HS256" }).setAudience(location)
    .setIssuer("https://auth.example/").setExpirationTime("1m").sign(SECRET);
}

/** What groups' pages ask an authentication server. */
interface Asked {
  readonly location: string;
  readonly username: string;
  readonly password: string;
}

/**
 * A real authentication server, portal and other site in one, on a port of its
 * own. `ann` has the password `right`; of `bob` it knows nothing.
 */
class OtherSite implements AsyncDisposable {
  readonly asked: Asked[] = [];
  /** Where the portal sends people back to. */
  group = "";
  readonly #http = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => this.#answer(request),
  );

  get url(): string {
    return `http://127.0.0.1:${this.#http.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    switch (new URL(request.url).pathname) {
      case "/auth":
        return await this.#authenticate(request);
      case "/portal": {
        const token = await sign(this.group, "ann");
        return Response.redirect(`${this.group}?token=${token}`, 302);
      }
      default:
        return new Response("<!doctype html><title>Elsewhere</title>", {
          headers: { "Content-Type": "text/html" },
        });
    }
  }

  async #authenticate(request: Request): Promise<Response> {
    const headers = {
      "Access-Control-Allow-Origin": request.headers.get("Origin") ?? "",
      "Access-Control-Allow-Headers": "content-type",
    };
    if (request.method === "OPTIONS") return new Response(null, { headers });
    const asked: Asked = await request.json();
    this.asked.push(asked);
    const { username, password, location } = asked;
    if (username === "bob") return new Response(null, { status: 204, headers });
    if (password !== "right") {
      return new Response("No\n", { status: 401, headers });
    }
    return new Response(await sign(location, username), {
      headers: { ...headers, "Content-Type": "application/jwt" },
    });
  }
}

/** A test with a server whose groups name the other site. */
function testElsewhere(
  name: string,
  run: (call: TestCall, site: OtherSite) => Promise<void>,
): void {
  Deno.test(name, async () => {
    await using site = new OtherSite();
    await using call = await TestCall.start({
      groups: {
        asking: {
          authKeys: [KEY],
          authServer: `${site.url}/auth`,
          users: { bob: { password: "own", permissions: "present" } },
        },
        entered: { authKeys: [KEY], authPortal: `${site.url}/portal` },
        moved: { redirect: `${site.url}/new-home` },
      },
    });
    try {
      await run(call, site);
    } catch (error) {
      console.error(call.log());
      throw error;
    }
  });
}

testElsewhere(
  "An authentication server lets in, refuses, or leaves it to the group",
  async (call, site) => {
    const address = `${call.server.http}/group/asking/`;
    const ann = await call.newPage("ann", { locale: "en-GB" });
    const page = ann.page as Page;
    await page.goto(address);
    await page.getByTestId("join-name").fill("ann");
    await page.getByTestId("join-password").fill("wrong");
    await page.getByTestId("join-button").click();
    await page.getByText(STRINGS.refusals.authServer.title).waitFor();
    await page.getByTestId("join-password").fill("right");
    await page.getByTestId("join-button").click();
    await page.getByTestId("leave").waitFor();
    assert.deepEqual(
      site.asked.map(({ username, password }) => `${username} ${password}`),
      ["ann wrong", "ann right"],
    );
    assert.equal(site.asked[0]?.location, address);

    const bob = await call.newPage("bob");
    await bob.join(address, "own");
    assert.equal(site.asked.at(-1)?.username, "bob");
    assert.deepEqual(await bob.people(), ["bob", "ann"]);
  },
);

testElsewhere(
  "An authentication portal sends people back with what lets them in",
  async (call, site) => {
    site.group = `${call.server.http}/group/entered/`;
    const ann = await call.newPage("ann");
    const page = ann.page as Page;
    // The form is there once one has been to the portal and back.
    await page.goto(site.group);
    await page.getByTestId("join-name").fill("ann");
    await page.getByTestId("join-button").click();
    await page.getByTestId("leave").waitFor();
    assert.equal(page.url(), site.group, "the token has left the address");
    assert.deepEqual(await ann.people(), ["ann"]);
  },
);

testElsewhere(
  "A group that has moved sends its visitors on",
  async (call, site) => {
    const person = await call.newPage("ann");
    const page = person.page as Page;
    await page.goto(`${call.server.http}/group/moved/`);
    assert.equal(page.url(), `${site.url}/new-home`);
    assert.equal(await page.title(), "Elsewhere");

    // By its name on the start page, too.
    await page.goto(`${call.server.http}/`);
    await page.getByTestId("group-name").fill("moved");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${site.url}/new-home`);
  },
);
