import type { ComponentChildren, JSX } from "preact";

/** The names of all icons. */
export type IconName = keyof typeof PATHS;

const PATHS = {
  microphone: (
    <>
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3" />
    </>
  ),
  microphoneOff: (
    <>
      <path d="M9 8.500V11a3 3 0 0 0 4.800 2.400M15 10.500V6a3 3 0 0 0-5.600-1.500" />
      <path d="M5.500 11.500a6.500 6.500 0 0 0 10.600 5M18.500 11.500c0 .9-.2 1.700-.5 2.500M12 18v3M4 4l16 16" />
    </>
  ),
  camera: (
    <>
      <rect x="3" y="6" width="12.500" height="12" rx="3" />
      <path d="m15.500 10.500 4-2.300c.700-.4 1.500.1 1.500.9v5.800c0 .8-.8 1.300-1.500.9l-4-2.300" />
    </>
  ),
  cameraOff: (
    <>
      <path d="M10 6h2.500a3 3 0 0 1 3 3v4.500M15 16.500a3 3 0 0 1-2.500 1.500H6a3 3 0 0 1-3-3V9a3 3 0 0 1 2.500-2.900" />
      <path d="m15.500 10.500 4-2.300c.700-.4 1.500.1 1.500.9v5.800c0 .8-.8 1.300-1.500.9l-.500-.3M4 4l16 16" />
    </>
  ),
  screen: (
    <>
      <rect x="3" y="4.500" width="18" height="12" rx="2.500" />
      <path d="M8.500 20h7M12 13.500v-5.500M9.500 10 12 7.500l2.500 2.500" />
    </>
  ),
  chat: (
    <path d="M20.500 11.500c0 4.100-3.800 7.500-8.500 7.500-1.300 0-2.500-.2-3.600-.7L4 19.500l1.200-3.600a6.900 6.900 0 0 1-1.700-4.400C3.500 7.400 7.300 4 12 4s8.500 3.400 8.500 7.500Z" />
  ),
  people: (
    <>
      <circle cx="9" cy="8.500" r="3.500" />
      <path d="M2.800 19.500c.4-3.500 3-5.500 6.200-5.500s5.800 2 6.200 5.500M15.500 5.300a3.500 3.500 0 0 1 0 6.400M17.500 14.500c2.100.7 3.500 2.400 3.800 5" />
    </>
  ),
  settings: (
    <>
      <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
      <circle cx="15" cy="7" r="2.200" />
      <circle cx="9" cy="17" r="2.200" />
    </>
  ),
  leave: (
    <path d="M12 9.500c-2.600 0-4.900.5-6.800 1.300C3.500 11.600 2.500 13 2.500 14.500v.800c0 .9.8 1.500 1.700 1.300l3-.7c.7-.2 1.200-.8 1.200-1.500v-1.200c1.100-.4 2.300-.6 3.600-.6s2.500.2 3.600.6v1.200c0 .7.5 1.300 1.200 1.500l3 .7c.9.2 1.700-.4 1.700-1.300v-.8c0-1.500-1-2.900-2.700-3.700-1.900-.8-4.200-1.300-6.800-1.300Z" />
  ),
  close: <path d="m6 6 12 12M18 6 6 18" />,
  send: (
    <path d="M4.500 12 4 5.200c0-.6.600-1 1.100-.7l15 6.900c.500.3.500 1 0 1.200l-15 6.900c-.5.3-1.100-.1-1.100-.7L4.500 12Zm0 0h7" />
  ),
  more: (
    <>
      <circle cx="6" cy="12" r="1" />
      <circle cx="12" cy="12" r="1" />
      <circle cx="18" cy="12" r="1" />
    </>
  ),
  lock: (
    <>
      <rect x="5" y="11" width="14" height="9" rx="2.500" />
      <path d="M8 11V8a4 4 0 0 1 8 0v3" />
    </>
  ),
  fullscreen: (
    <path d="M4 9V6a2 2 0 0 1 2-2h3M15 4h3a2 2 0 0 1 2 2v3M20 15v3a2 2 0 0 1-2 2h-3M9 20H6a2 2 0 0 1-2-2v-3" />
  ),
  enlarge: <path d="M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7" />,
  shrink: <path d="M20 10h-6V4M14 10l6-6M4 14h6v6M10 14l-6 6" />,
  copy: (
    <>
      <rect x="8.500" y="8.500" width="11.500" height="11.500" rx="2.500" />
      <path d="M15.500 5.500A2.500 2.500 0 0 0 13 4H6.500A2.500 2.500 0 0 0 4 6.500V13a2.500 2.500 0 0 0 1.500 2.300" />
    </>
  ),
  check: <path d="m5 12.500 4.500 4.500L19 7.500" />,
  warning: (
    <path d="M12 9v4.500M12 17v.1M10.300 4.500 2.900 17.300A2 2 0 0 0 4.600 20.300h14.800a2 2 0 0 0 1.700-3L13.700 4.500a2 2 0 0 0-3.400 0Z" />
  ),
  info: (
    <>
      <circle cx="12" cy="12" r="8.500" />
      <path d="M12 11.500v4.500M12 8v.1" />
    </>
  ),
  speaker: (
    <path d="M4 9.500v5h3.500L12 18.500v-13L7.500 9.500H4ZM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a7.800 7.800 0 0 1 0 11" />
  ),
  speakerOff: (
    <path d="M4 9.500v5h3.500L12 18.500v-13L7.500 9.500H4ZM16 10l4.500 4.500M20.500 10 16 14.500" />
  ),
  chevron: <path d="m7.500 14.500 4.500-4.500 4.500 4.500" />,
  operator: (
    <path d="m12 3.500 7.500 2.800v5.200c0 4.400-3.100 7.600-7.500 9-4.400-1.400-7.500-4.600-7.500-9V6.300L12 3.500Zm-3 8.500 2.200 2.200L15.300 10" />
  ),
  hand: (
    <path d="M7.500 12.500V6a1.500 1.500 0 0 1 3 0v5V4.500a1.500 1.500 0 0 1 3 0V11V6a1.500 1.500 0 0 1 3 0v7.500c0 4.200-2.400 7-6 7-2.600 0-4.100-1.200-5.300-3.500l-1.900-3.700c-.9-1.800 1.500-2.900 2.500-1.400l1.700 2.600" />
  ),
  keyboard: (
    <>
      <rect x="2.500" y="6" width="19" height="12" rx="2.500" />
      <path d="M6.500 10h.1M10.200 10h.1M13.900 10h.1M17.500 10h.1M8 14h8" />
    </>
  ),
  invite: (
    <>
      <circle cx="10" cy="8.500" r="3.500" />
      <path d="M3.500 19.500c.4-3.500 3.200-5.500 6.500-5.500 1.700 0 3.300.5 4.500 1.500M18.500 14.500v6M15.500 17.500h6" />
    </>
  ),
  grid: (
    <>
      <rect x="4" y="5" width="7" height="6" rx="1.500" />
      <rect x="13" y="5" width="7" height="6" rx="1.500" />
      <rect x="4" y="13" width="7" height="6" rx="1.500" />
      <rect x="13" y="13" width="7" height="6" rx="1.500" />
    </>
  ),
  speakerView: (
    <>
      <rect x="3.500" y="5" width="12" height="14" rx="2" />
      <path d="M18 6h2.500M18 12h2.500M18 18h2.500" />
    </>
  ),
  sideBySide: (
    <>
      <rect x="3.500" y="6" width="8" height="12" rx="2" />
      <rect x="12.500" y="6" width="8" height="12" rx="2" />
    </>
  ),
  picture: (
    <>
      <rect x="3" y="5" width="18" height="14" rx="2.500" />
      <rect x="12" y="11.500" width="6.500" height="5" rx="1" />
    </>
  ),
  film: (
    <>
      <rect x="3.500" y="5" width="17" height="14" rx="2.500" />
      <path d="m10 9 5 3-5 3V9Z" />
    </>
  ),
  unlock: (
    <>
      <rect x="5" y="11" width="14" height="9" rx="2.500" />
      <path d="M8 11V8a4 4 0 0 1 7.600-1.700" />
    </>
  ),
  signal: <path d="M5 19v-4M10 19v-8M15 19V8M20 19V4" />,
  file: (
    <path d="M13.500 3.500H8A2 2 0 0 0 6 5.500v13a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2V8l-4.500-4.500ZM13.500 3.500V8H18" />
  ),
  back: <path d="M19 12H5M11 6l-6 6 6 6" />,
  forward: <path d="M5 12h14M13 6l6 6-6 6" />,
} satisfies Readonly<Record<string, ComponentChildren>>;

/** Those that point the way in which one reads, and turn round with it. */
const DIRECTED: ReadonlySet<IconName> = new Set(["back", "forward", "send"]);

/** A picture beside or instead of words; those who listen hear the words. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
      data-directed={DIRECTED.has(name) ? "" : undefined}
    >
      {PATHS[name]}
    </svg>
  );
}
