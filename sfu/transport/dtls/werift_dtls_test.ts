import { TestDtlsClient } from "../../../tests/support/test_dtls_client.ts";
import { type DtlsContract, testDtlsProvider } from "./dtls_contract.ts";
import { openWeriftDtls } from "./werift_dtls.ts";

const CONTRACT: DtlsContract = {
  name: "openWeriftDtls()",
  open: openWeriftDtls,
  openClient: (options) => new TestDtlsClient(options),
};

testDtlsProvider(CONTRACT);
