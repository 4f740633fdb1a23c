import { TestDtlsClient } from "../../../tests/support/test_dtls_client.ts";
import { type DtlsContract, testDtlsProvider } from "../dtls/dtls_contract.ts";
import { openLibc } from "./libc.ts";
import { openLibssl } from "./libssl.ts";
import { openNativeDtls } from "./native_dtls.ts";

const libc = openLibc();
const libssl = openLibssl();

const CONTRACT: DtlsContract = {
  name: "openNativeDtls()",
  open: () => openNativeDtls(libc, libssl),
  openClient: (options) => new TestDtlsClient(options),
};

testDtlsProvider(CONTRACT);
