/**
 * What every adapter of {@linkcode DtlsProvider} does. Its own test calls
 * {@linkcode testDtlsProvider}.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers";
import fc from "fast-check";
import { instantAt } from "../../../lib/time.ts";
import type {
  DtlsProvider,
  DtlsResult,
  DtlsSession,
  Fingerprint,
  SrtpProfile,
} from "../ports.ts";
import { concat } from "./bytes.ts";
import { createCredentials, type Credentials } from "./certificate.ts";
import { fingerprintOf } from "./client_proof.ts";
import {
  decodeFragments,
  decodeRecords,
  type DtlsRecord,
  viewOf,
} from "./records.ts";

/** A client of the test's own, at the other end of the wire. */
export interface ContractClient {
  readonly connected: Promise<DtlsResult>;
  readonly serverFingerprint: Fingerprint | undefined;
  start(): void;
  repeat(): void;
  handleDatagram(datagram: Uint8Array): void;
  sealAlert(level: number, description: number): Uint8Array;
  close(): void;
}

/** What the tests want of a client, see `tests/support/test_dtls_client.ts`. */
export interface ContractClientOptions {
  readonly credentials: Credentials;
  readonly send: (datagram: Uint8Array) => void;
  readonly profiles?: readonly SrtpProfile[];
  readonly padding?: number;
  readonly retransmitMs?: number;
  readonly badFinished?: boolean;
  readonly oldMasterSecret?: boolean;
}

/** How the contract gets at an adapter and at a client. */
export interface DtlsContract {
  readonly name: string;
  readonly open: () => Promise<DtlsProvider>;
  readonly openClient: (options: ContractClientOptions) => ContractClient;
}

/** What may differ between two runs. */
interface LinkOptions
  extends Partial<Omit<ContractClientOptions, "send" | "credentials">> {
  readonly credentials?: Credentials;
  readonly expected?: (own: Credentials) => readonly Fingerprint[];
  /** What becomes of a datagram of the client's; all as it is unless given. */
  readonly toServer?: (datagram: Uint8Array, nth: number) => Uint8Array[];
  readonly toClient?: (datagram: Uint8Array, nth: number) => Uint8Array[];
}

/** A session and a client, joined by a wire that a test may spoil. */
export class DtlsLink {
  readonly events: string[] = [];
  readonly client: ContractClient;
  readonly session: DtlsSession;
  readonly provider: DtlsProvider;
  /** The first event that ends a handshake. */
  readonly outcome: Promise<string>;
  result: DtlsResult | undefined;
  readonly fromClient: Uint8Array[] = [];
  #toClientCount = 0;
  #resolve: (outcome: string) => void = () => {};

  constructor(
    contract: DtlsContract,
    provider: DtlsProvider,
    credentials: Credentials,
    options: LinkOptions,
  ) {
    this.provider = provider;
    this.outcome = new Promise((resolve) => this.#resolve = resolve);
    const expected = options.expected ?? ((own) => [
      fingerprintOf(own.certificate),
    ]);
    this.session = provider.createSession(expected(credentials), {
      handleDtlsOutput: (datagram) => {
        const { toClient = (whole) => [whole] } = options;
        for (const one of toClient(datagram.slice(), this.#toClientCount++)) {
          queueMicrotask(() => this.client.handleDatagram(one));
        }
      },
      handleDtlsConnected: (result) => {
        this.result = result;
        this.#note("connected");
      },
      handleDtlsFailed: (reason) => this.#note(`failed: ${reason}`),
      handleDtlsClosed: () => this.#note("closed"),
    });
    this.client = contract.openClient({
      ...options,
      credentials: options.credentials ?? credentials,
      send: (datagram) => {
        const { toServer = (whole) => [whole] } = options;
        const nth = this.fromClient.push(datagram.slice()) - 1;
        for (const one of toServer(datagram.slice(), nth)) {
          queueMicrotask(() => this.session.handleDatagram(one));
        }
      },
    });
  }

  #note(event: string): void {
    this.events.push(event);
    this.#resolve(event);
  }

  [Symbol.dispose](): void {
    this.client.close();
    this.session.close();
    this.provider.close();
  }
}

/** Registers the tests of the contract for one adapter. */
export function testDtlsProvider(contract: DtlsContract): void {
  testConnecting(contract);
  testLossyWire(contract);
  testTime(contract);
  testChanges(contract);
  testRogues(contract);
  testConnected(contract);
}

/** Opens both ends, and starts the client. To be disposed of. */
export async function openDtlsLink(
  contract: DtlsContract,
  options: LinkOptions = {},
): Promise<DtlsLink> {
  const credentials = await createCredentials();
  const it = new DtlsLink(
    contract,
    await contract.open(),
    credentials,
    options,
  );
  it.client.start();
  return it;
}

function testConnecting(contract: DtlsContract): void {
  const { name } = contract;
  for (
    const profile of [
      "AEAD_AES_128_GCM",
      "SRTP_AES128_CM_HMAC_SHA1_80",
    ] as const
  ) {
    Deno.test(`${name} agrees with a client on keys for ${profile}`, async () => {
      using it = await openDtlsLink(contract, { profiles: [profile] });
      const mine = await it.client.connected;

      assert.equal(await it.outcome, "connected");
      assert.equal(mine.sendKeys.profile, profile);
      assert.deepEqual(it.result, {
        sendKeys: mine.receiveKeys,
        receiveKeys: mine.sendKeys,
      });
      assert.deepEqual(it.client.serverFingerprint, it.provider.fingerprint);
      assert.deepEqual(it.events, ["connected"]);
    });
  }

  Deno.test(`${name} prefers GCM`, async () => {
    using it = await openDtlsLink(contract, {
      profiles: ["SRTP_AES128_CM_HMAC_SHA1_80", "AEAD_AES_128_GCM"],
    });
    assert.equal(await it.outcome, "connected");
    assert.equal(it.result?.sendKeys.profile, "AEAD_AES_128_GCM");
  });

  Deno.test(`${name} takes any good hash of the certificate`, async () => {
    const wrong = { algorithm: "sha-256", value: "00:".repeat(31) + "00" };
    for (const hash of ["sha-384", "SHA-512"]) {
      using it = await openDtlsLink(contract, {
        expected: (own) => [wrong, fingerprintBy(hash, own.certificate)],
      });
      assert.equal(await it.outcome, "connected");
    }
  });

  for (const size of [700, 64]) {
    Deno.test(`${name} takes messages in fragments of ${size} in any order`, async () => {
      using it = await openDtlsLink(contract, {
        padding: 900,
        toServer: (datagram) => {
          const parts = decodeRecords(datagram).flatMap((r) => split(r, size));
          // The first comes last, and one comes twice.
          return [...parts.slice(1).reverse(), ...parts.slice(-1), parts[0]!];
        },
      });
      assert.ok(it.fromClient[0]!.length > 1_000);
      assert.equal(await it.outcome, "connected");
    });
  }
}

function testLossyWire(contract: DtlsContract): void {
  const { name } = contract;
  Deno.test(`${name} connects whichever datagram is lost once`, async () => {
    for (let lost = 0; lost < 7; lost++) {
      using it = await openDtlsLink(contract, {
        retransmitMs: 10,
        toServer: (datagram, nth) => nth === lost ? [] : [datagram],
      });
      await it.client.connected;
      assert.deepEqual(it.events, ["connected"], `client's ${lost}`);
    }
    for (let lost = 0; lost < 3; lost++) {
      using it = await openDtlsLink(contract, {
        retransmitMs: 10,
        toClient: (datagram, nth) => nth === lost ? [] : [datagram],
      });
      await it.client.connected;
      assert.deepEqual(it.events, ["connected"], `server's ${lost}`);
    }
  });

  Deno.test(`${name} connects if each datagram comes late and twice`, async () => {
    const held: Uint8Array[] = [];
    using it = await openDtlsLink(contract, {
      // Changes places with the next one: the last of a flight comes first.
      toServer: (datagram) => {
        if (held.length === 0 && datagram[13] !== 1) {
          held.push(datagram);
          return [];
        }
        return [datagram, ...held.splice(0), datagram];
      },
    });
    await it.client.connected;
    assert.deepEqual(it.events, ["connected"]);
  });

  Deno.test(`${name} connects in spite of truncations and noise`, async () => {
    using it = await openDtlsLink(contract, {
      toServer: (datagram) => {
        const cuts = [1, 12, 13, 14, 20, 25, datagram.length - 1];
        const noise = datagram.map((byte, i) => i < 13 ? byte : ~byte);
        return [
          ...cuts.map((size) => datagram.slice(0, size)),
          noise,
          datagram,
        ];
      },
    });
    assert.equal(await it.outcome, "connected");
  });
}

function testTime(contract: DtlsContract): void {
  const { name } = contract;
  Deno.test(`${name} repeats its flight to a client that stays silent, ever more seldom`, async () => {
    let sent = 0;
    using it = await openDtlsLink(contract, {
      retransmitMs: 0,
      toClient: () => {
        sent++;
        return [];
      },
    });
    await settle(() => sent);
    assert.equal(sent, 1);

    const repeats: number[] = [];
    for (let ms = 0; ms <= 5_000; ms += 10) {
      const before = sent;
      it.session.poll(instantAt(ms));
      if (sent > before) repeats.push(ms);
    }
    assert.deepEqual(repeats, [150, 450, 1_050, 2_250, 4_650]);
    it.session.close();
    it.session.poll(instantAt(100_000));
    assert.equal(sent, 6);
  });

  Deno.test(`${name} connects 99 of 100 times within 5 s if a fifth of all is lost`, async () => {
    const random = pseudoRandom(20);
    let connected = 0;
    for (let n = 0; n < 100; n++) {
      if (await connectsInVirtualTime(contract, random, 5_000)) connected++;
    }
    assert.ok(connected >= 99, `${connected} of 100`);
  });
}

/**
 * Whether both sides are connected after that long on a wire that loses a fifth
 * of the datagrams. The client repeats its flights as browsers do: after 50 ms,
 * and then twice as late each time.
 */
async function connectsInVirtualTime(
  contract: DtlsContract,
  random: () => number,
  limitMs: number,
): Promise<boolean> {
  let sent = 0;
  let clientConnected = false;
  const lossy = (datagram: Uint8Array) => {
    sent++;
    return random() < 0.2 ? [] : [datagram];
  };
  using it = await openDtlsLink(contract, {
    retransmitMs: 0,
    toServer: lossy,
    toClient: lossy,
  });
  void it.client.connected.then(() => clientConnected = true);
  let repeatMs = 50;
  let repeatAt = repeatMs;
  for (let ms = 0; ms <= limitMs; ms += 10) {
    const before = it.fromClient.length;
    await settle(() => sent);
    if (clientConnected && it.result !== undefined) return true;
    if (it.fromClient.length > before) {
      repeatMs = 50; // a new flight
      repeatAt = ms + repeatMs;
    } else if (ms >= repeatAt && !clientConnected) {
      it.client.repeat();
      repeatMs *= 2;
      repeatAt = ms + repeatMs;
    }
    it.session.poll(instantAt(ms));
    await settle(() => sent);
  }
  return false;
}

function testChanges(contract: DtlsContract): void {
  const { name } = contract;
  Deno.test(`${name} lets no error out, whatever is changed on the wire`, async () => {
    const provider = await contract.open();
    const shared = {
      ...contract,
      open: () => Promise.resolve({ ...provider, close() {} }),
    };
    const outcomes = new Set<string>();
    const change = fc.record({
      nth: fc.nat(8),
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      value: fc.nat(255),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        async (changes) => {
          let settled: () => void = () => {};
          const silence = new Promise<void>((resolve) => settled = resolve);
          using it = await openDtlsLink(shared, {
            retransmitMs: 10,
            toServer: (datagram, nth) => {
              for (
                const { at, value } of changes.filter((c) => c.nth === nth)
              ) {
                datagram[Math.floor(at * datagram.length)] = value;
              }
              // The client starts to say it all again: it is not understood.
              if (nth > 7) settled();
              return [datagram];
            },
          });
          const outcome = await Promise.race([it.outcome, silence]);
          outcomes.add(outcome?.split(":")[0] ?? "silence");
          assert.ok(it.events.length <= 1);
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
    provider.close();
    assert.ok(outcomes.has("connected") || outcomes.has("failed"));
  });
}

function testRogues(contract: DtlsContract): void {
  const { name } = contract;
  const refusals: Record<string, (own: Credentials) => readonly Fingerprint[]> =
    {
      "another certificate's": () => [fingerprintOf(new Uint8Array(300))],
      "no": () => [],
      "only a SHA-1": (own) => [fingerprintBy("sha-1", own.certificate)],
      "an unknown": () => [{ algorithm: "constructor", value: "00" }],
    };
  for (const [what, expected] of Object.entries(refusals)) {
    Deno.test(`${name} refuses a client when ${what} fingerprint is expected`, async () => {
      using it = await openDtlsLink(contract, { expected });
      assert.match(await it.outcome, /^failed: /);
      assert.equal(it.events.length, 1);
    });
  }

  Deno.test(`${name} refuses a certificate shown without its key`, async () => {
    const victim = await createCredentials();
    const rogue = await createCredentials();
    using it = await openDtlsLink(contract, {
      credentials: { ...victim, keyPem: rogue.keyPem },
      expected: () => [fingerprintOf(victim.certificate)],
    });
    assert.match(await it.outcome, /^failed: /);
    assert.equal(it.result, undefined);
  });

  Deno.test(`${name} refuses a Finished over another transcript`, async () => {
    using it = await openDtlsLink(contract, { badFinished: true });
    assert.match(await it.outcome, /^failed: /);
    assert.equal(it.result, undefined);
  });

  Deno.test(`${name} refuses a client without the extended master secret`, async () => {
    using it = await openDtlsLink(contract, { oldMasterSecret: true });
    assert.match(await it.outcome, /^failed: .*extended master secret/);
    assert.equal(it.result, undefined);
  });

  Deno.test(`${name} is silent after close()`, async () => {
    using it = await openDtlsLink(contract);
    it.session.close();
    it.session.close();
    await new Promise((resolve) => setTimeout(resolve, 0));
    for (const datagram of it.fromClient) {
      assert.equal(it.session.handleDatagram(datagram), false);
    }
    assert.deepEqual(it.events, []);
  });
}

function testConnected(contract: DtlsContract): void {
  const { name } = contract;
  Deno.test(`${name} ignores what is not authentic once connected`, async () => {
    using it = await openDtlsLink(contract);
    await it.client.connected;
    const alert = (...bytes: number[]) =>
      Uint8Array.of(21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, ...bytes);
    const forged = it.client.sealAlert(1, 0);
    forged[forged.length - 1]! ^= 1;

    const useless = [
      ...it.fromClient.filter((datagram) => datagram[4] === 0),
      alert(1, 0),
      alert(2, 40),
      forged,
      Uint8Array.of(30, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0),
      new Uint8Array(0),
      crypto.getRandomValues(new Uint8Array(600)),
      concat(Uint8Array.of(22, 254, 253), new Uint8Array(60)),
    ];
    for (const datagram of useless) {
      assert.equal(it.session.handleDatagram(datagram), false);
    }
    for (let first = 0; first < 256; first++) {
      const noise = crypto.getRandomValues(new Uint8Array(first));
      noise[0] = first;
      it.session.handleDatagram(noise);
    }

    assert.deepEqual(it.events, ["connected"]);
  });

  Deno.test(`${name} closes on an authentic close_notify`, async () => {
    using it = await openDtlsLink(contract);
    await it.client.connected;

    assert.equal(it.session.handleDatagram(it.client.sealAlert(1, 0)), true);
    assert.equal(it.session.handleDatagram(it.client.sealAlert(1, 0)), false);
    assert.deepEqual(it.events, ["connected", "closed"]);
  });

  Deno.test(`${name} fails on an authentic fatal alert only`, async () => {
    using it = await openDtlsLink(contract);
    await it.client.connected;

    it.session.handleDatagram(it.client.sealAlert(1, 90));
    assert.deepEqual(it.events, ["connected"]);
    it.session.handleDatagram(it.client.sealAlert(2, 40));
    assert.match(it.events[1] ?? "", /^failed: .*40/);
  });
}

/** Lets everything happen that is under way, until nothing more is sent. */
async function settle(sent: () => number): Promise<void> {
  let before;
  do {
    before = sent();
    await new Promise((resolve) => setImmediate(resolve));
  } while (sent() !== before);
}

/** Numbers from 0 to 1, the same in each run (mulberry32). */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

/** The records of one message each that hold at most that many bytes of it. */
function split(record: DtlsRecord, sizeBytes: number): Uint8Array[] {
  const [whole] = decodeFragments(record.fragment);
  if (record.epoch !== 0 || record.type !== 22 || !whole) return [record.bytes];
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < whole.length; offset += sizeBytes) {
    const body = whole.body.subarray(offset, offset + sizeBytes);
    const bytes = concat(record.bytes.subarray(0, 25), body);
    const view = viewOf(bytes);
    view.setUint16(11, 12 + body.length);
    view.setUint16(13 + 7, offset);
    view.setUint16(13 + 10, body.length);
    parts.push(bytes);
  }
  return parts;
}

function fingerprintBy(
  algorithm: string,
  certificate: Uint8Array,
): Fingerprint {
  const hash = algorithm.toLowerCase().replace("-", "");
  const hex = createHash(hash).update(certificate).digest("hex").toUpperCase();
  return { algorithm, value: hex.replace(/..(?!$)/g, "$&:") };
}
