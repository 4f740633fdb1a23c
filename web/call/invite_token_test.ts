import assert from "node:assert/strict";
import { test } from "node:test";
import { InviteToken } from "./invite_token.ts";

class FakeTab {
  readonly kept = new Map<string, string>();
  href: string;
  readonly storage = {
    getItem: (key: string) => this.kept.get(key) ?? null,
    setItem: (key: string, value: string) => void this.kept.set(key, value),
    removeItem: (key: string) => void this.kept.delete(key),
  };
  readonly history = {
    replaceState: (
      _state: unknown,
      _title: string,
      url?: string | URL | null,
    ) => void (this.href = String(url)),
  };

  constructor(href: string) {
    this.href = href;
  }

  get location(): { href: string } {
    return { href: this.href };
  }
}

const INVITED = "https://example.org/group/maths/?token=s3cret&lang=en#top";

test("an accepted token leaves the address bar but survives a reload", () => {
  const tab = new FakeTab(INVITED);
  const invite = new InviteToken(tab, "maths");
  assert.equal(invite.value, "s3cret");
  assert.equal(tab.href, INVITED);

  invite.accept();
  assert.equal(tab.href, "https://example.org/group/maths/?lang=en#top");
  assert.equal(new InviteToken(tab, "maths").value, "s3cret");
});

test("a token is kept for its own group only", () => {
  const tab = new FakeTab(INVITED);
  new InviteToken(tab, "maths").accept();

  assert.equal(new InviteToken(tab, "physics").value, "");
});

test("a discarded token is forgotten everywhere", () => {
  const tab = new FakeTab(INVITED);
  const invite = new InviteToken(tab, "maths");
  invite.accept();
  invite.discard();

  assert.equal(invite.value, "");
  assert.equal(new InviteToken(tab, "maths").value, "");
});

test("a browser that forbids storage still lets one in", () => {
  const tab = new FakeTab(INVITED);
  const forbid = () => {
    throw new DOMException("no", "SecurityError");
  };
  const storage = { getItem: forbid, setItem: forbid, removeItem: forbid };
  const invite = new InviteToken(
    { storage, location: tab, history: tab.history },
    "maths",
  );
  invite.accept();

  assert.equal(invite.value, "s3cret");
});
