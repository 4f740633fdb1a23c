import { TestDtlsClient } from "../../../tests/support/test_dtls_client.ts";
import { testDtlsProvider } from "./dtls_contract.ts";
import { openWeriftDtls } from "./werift_dtls.ts";

testDtlsProvider({
  name: "openWeriftDtls()",
  open: openWeriftDtls,
  openClient: (options) => new TestDtlsClient(options),
});
