/**
 * What a page of ours may load and do.
 *
 * No inline scripts or styles and no `eval`: a chat message that slips through
 * as HTML cannot run. `ws:` and `wss:` are for browsers in which `'self'` does
 * not cover WebSockets, and for groups whose endpoint is on another host;
 * `data:` and `blob:` images are icons in style sheets and still pictures,
 * `blob:` media what is recorded or sent as a file, `blob:` workers filters.
 */
const toPolicy = (connectTo: string, scripts = "'self'") =>
  [
    "default-src 'self'",
    `script-src ${scripts}`,
    `connect-src 'self' ws: wss:${connectTo}`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");

const CONTENT_SECURITY_POLICY = toPolicy("");

/** Effects on sound and picture are WebAssembly; it lets no JavaScript be made. */
const SCRIPTS_WITH_WASM = "'self' 'wasm-unsafe-eval'";

/**
 * The policy of a group's page and of its workers, which may run WebAssembly.
 *
 * @param server the URL of the authentication server that it talks to, too; one
 * that is none changes nothing
 */
export function callSecurityPolicy(server = ""): string {
  const url = URL.parse(server);
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  return toPolicy(isWeb ? ` ${url.origin}` : "", SCRIPTS_WITH_WASM);
}

/** Features that a call needs, for our own pages; the others for nobody. */
const PERMISSIONS_POLICY = [
  "camera=(self)",
  "microphone=(self)",
  "display-capture=(self)",
  "autoplay=(self)",
  "fullscreen=(self)",
  "picture-in-picture=(self)",
  "screen-wake-lock=(self)",
  "geolocation=()",
  "payment=()",
  "usb=()",
].join(", ");

/** Sent with every response, whatever it is. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "Permissions-Policy": PERMISSIONS_POLICY,
  // An invite link carries its token in the address: it must not leave the page.
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/**
 * Adds the security headers to a response. There is no HSTS among them: with a
 * self-signed certificate it would lock people out for good.
 */
export function addSecurityHeaders(response: Response): Response {
  // The head of a WebSocket upgrade is already fixed, and is no document.
  if (response.status === 101) return response;
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    // A page may have a policy of its own.
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
  return response;
}
