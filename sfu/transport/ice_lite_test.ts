import assert from "node:assert/strict";
import { instantAt } from "../../lib/time.ts";
import { checkError, createLocalParameters, IceLite } from "./ice_lite.ts";
import type { Endpoint, LocalParameters } from "./ports.ts";
import { systemRandomBytes } from "./random.ts";
import { decodeStun, type StunMessage } from "./stun.ts";
import { type BindingRequest, encodeBindingRequest } from "./stun_encode.ts";

const NOW = instantAt(0);
const endpoint = (n: number) => n as Endpoint;

/** A check towards `local`, as bytes and read. */
function check(
  local: LocalParameters,
  changes: Partial<BindingRequest> & { readonly password?: string } = {},
): { datagram: Uint8Array; message: StunMessage } {
  const { password = local.icePwd, ...rest } = changes;
  const datagram = encodeBindingRequest({
    transactionId: systemRandomBytes(12),
    username: `${local.iceUfrag}:them`,
    priority: 1,
    useCandidate: false,
    role: "controlling",
    tieBreaker: new Uint8Array(8),
    ...rest,
  }, password);
  const message = decodeStun(datagram);
  assert.ok(message !== undefined);
  return { datagram, message };
}

function accept(ice: IceLite, from: number, useCandidate = false) {
  const { message } = check(ice.local, { useCandidate });
  return ice.accept(message, ice.local, endpoint(from), NOW);
}

const newAgent = () => new IceLite(createLocalParameters(systemRandomBytes));

Deno.test("createLocalParameters() has the letters and sizes that ICE wants", () => {
  const { iceUfrag, icePwd } = createLocalParameters(systemRandomBytes);

  assert.match(iceUfrag, /^[A-Za-z0-9+/]{8}$/);
  assert.match(icePwd, /^[A-Za-z0-9+/]{24}$/);
});

Deno.test("IceLite.authenticate() wants the names and the password of the SDP", () => {
  const ice = newAgent();
  const { local } = ice;
  const verdict = (changes: Parameters<typeof check>[1]) => {
    const { datagram, message } = check(local, changes);
    return ice.authenticate(datagram, message);
  };

  assert.equal(verdict({}), local);
  ice.setRemote("them");
  assert.equal(verdict({}), local);
  assert.equal(verdict({ password: "guessed" }), "stun-unauthenticated");
  const { iceUfrag } = local;
  for (
    const username of [
      "",
      iceUfrag,
      "other:them",
      `${iceUfrag}:others`,
      `${iceUfrag}:them:more`,
      "toString:them",
    ]
  ) {
    assert.equal(verdict({ username }), "stun-unknown-user", username);
  }
});

Deno.test("IceLite.authenticate() refuses a request without MESSAGE-INTEGRITY", () => {
  const ice = newAgent();
  const { datagram, message } = check(ice.local);
  const bare = { ...message, integrityOffset: -1 };

  assert.equal(ice.authenticate(datagram, bare), "stun-unauthenticated");
});

Deno.test("IceLite.accept() selects the first, then follows nomination", () => {
  const ice = newAgent();
  assert.equal(ice.selected, undefined);

  accept(ice, 1);
  accept(ice, 2);
  assert.equal(ice.selected, endpoint(1));
  accept(ice, 2, true);
  assert.equal(ice.selected, endpoint(2));
  accept(ice, 1);
  assert.equal(ice.selected, endpoint(2));
  accept(ice, 3, true);
  assert.equal(ice.selected, endpoint(3));
});

Deno.test("IceLite.accept() forgets the oldest endpoint, never the selected one", () => {
  const ice = newAgent();
  accept(ice, 0, true);
  for (let n = 1; n < 16; n++) assert.equal(accept(ice, n).evicted, undefined);
  accept(ice, 1); // not the oldest any more

  assert.equal(accept(ice, 16).evicted, endpoint(2));
  assert.equal(accept(ice, 17).evicted, endpoint(3));
  assert.equal([...ice.endpoints].length, 16);
  assert.equal(ice.selected, endpoint(0));
});

Deno.test("IceLite.forget() falls back to the endpoint that checked last", () => {
  const ice = newAgent();
  accept(ice, 1, true);
  accept(ice, 2);
  accept(ice, 3);

  ice.forget(endpoint(1));
  assert.equal(ice.selected, endpoint(3));
  ice.forget(endpoint(2));
  ice.forget(endpoint(3));
  assert.equal(ice.selected, undefined);
});

Deno.test("IceLite.restart() keeps the old credentials until a check with the new", () => {
  const ice = newAgent();
  const old = ice.local;
  ice.setRemote("them");
  const is = (local: LocalParameters) => {
    const { datagram, message } = check(local);
    return ice.authenticate(datagram, message) === local;
  };

  ice.restart(createLocalParameters(systemRandomBytes));
  assert.ok(is(old) && is(ice.local));
  const { message } = check(old);
  assert.equal(
    ice.accept(message, old, endpoint(1), NOW).retiredUfrag,
    undefined,
  );
  assert.equal(accept(ice, 1).retiredUfrag, old.iceUfrag);
  assert.ok(!is(old) && is(ice.local));
});

Deno.test("checkError() finds role conflicts and unknown attributes", () => {
  const { message } = check(newAgent().local);

  assert.equal(checkError(message), undefined);
  assert.deepEqual(checkError({ ...message, role: "controlled" }), {
    code: 487,
  });
  assert.deepEqual(checkError({ ...message, unknownRequired: [5] }), {
    code: 420,
    unknown: [5],
  });
});
