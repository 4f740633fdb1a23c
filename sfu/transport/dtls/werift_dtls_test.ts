import assert from "node:assert/strict";
import fc from "fast-check";
import { TestDtlsClient } from "../../../tests/support/test_dtls_client.ts";
import {
  type DtlsContract,
  openDtlsLink,
  testDtlsProvider,
} from "./dtls_contract.ts";
import { openWeriftDtls } from "./werift_dtls.ts";

const CONTRACT: DtlsContract = {
  name: "openWeriftDtls()",
  open: openWeriftDtls,
  openClient: (options) => new TestDtlsClient(options),
};

testDtlsProvider(CONTRACT);

Deno.test("openWeriftDtls() lets no error out, whatever is changed on the wire", async () => {
  const provider = await openWeriftDtls();
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
        using it = await openDtlsLink({
          ...CONTRACT,
          open: () => Promise.resolve(provider),
        }, {
          retransmitMs: 10,
          toServer: (datagram, nth) => {
            for (const { at, value } of changes.filter((c) => c.nth === nth)) {
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
  assert.ok(outcomes.has("connected") || outcomes.has("failed"));
});
