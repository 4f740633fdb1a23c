/**
 * Below which path the browser sees the server that a script comes from: empty,
 * or `/sub` if a reverse proxy has it there. Built scripts are all in `assets/`.
 */
export function basePathOf(script: string): string {
  return /^(.*)\/assets\/[^/]*$/.exec(new URL(script).pathname)?.[1] ?? "";
}

/** That of this page's server, without a slash at the end. */
export const BASE_PATH: string = basePathOf(import.meta.url);

/** Where the start page is. */
export const HOME_ADDRESS = `${BASE_PATH}/`;

/** Where the logo is. */
export const LOGO_ADDRESS = `${BASE_PATH}/favicon.svg`;

/** Where the page for administrators is. */
export const ADMIN_ADDRESS = `${BASE_PATH}/admin/`;
