import type { ComponentChildren, JSX } from "preact";
import type { Sign } from "../state/session_state.ts";

const FACE = <circle cx="16" cy="16" r="13" fill="#f7c948" />;
const EYES = (
  <>
    <circle cx="11.500" cy="13" r="1.800" fill="#4a3300" />
    <circle cx="20.500" cy="13" r="1.800" fill="#4a3300" />
  </>
);
const SKIN = "#f7c948";
const LINE = "#a86f00";

/** Drawn rather than written: not every machine has letters for them. */
const PICTURES: Readonly<Record<Sign, ComponentChildren>> = {
  thumbsUp: (
    <path
      d="M5 14h5v13H5zM11 14l5-9.500c2.500 0 3.500 2 3 4.500l-.8 4H26c1.700 0 2.700 1.500 2.300 3l-2.300 9c-.4 1.300-1.300 2-2.600 2H11z"
      fill={SKIN}
      stroke={LINE}
    />
  ),
  clap: (
    <>
      <path
        d="M9 20 17 9.500c1-1.300 3 0 2 1.500l-3 4.500 6.500-6c1.200-1 2.700.6 1.600 1.700l-5.500 5.800 6-4.200c1.300-.9 2.500.9 1.300 1.900l-5.900 4.800 4.400-2.200c1.400-.7 2.300 1.200 1 2L18 25c-3.500 2.300-7 2-9.500-.5-1.300-1.300-1-3 .5-4.500Z"
        fill={SKIN}
        stroke={LINE}
      />
      <path
        d="M10 4.500v4M4.500 9.500l3.500 2M16 3.500l-1.500 3"
        stroke={LINE}
      />
    </>
  ),
  heart: (
    <path
      d="M16 27.500C8 22 4 17.500 4 12.500 4 8.500 7 6 10 6c2.500 0 4.700 1.300 6 3.500C17.300 7.300 19.500 6 22 6c3 0 6 2.500 6 6.500 0 5-4 9.500-12 15Z"
      fill="#e5484d"
    />
  ),
  laugh: (
    <>
      {FACE}
      {EYES}
      <path d="M8.500 17.500h15a7.500 7.500 0 0 1-15 0Z" fill="#7a3b00" />
    </>
  ),
  surprised: (
    <>
      {FACE}
      {EYES}
      <ellipse cx="16" cy="21.500" rx="3" ry="4" fill="#7a3b00" />
    </>
  ),
  party: (
    <>
      <path d="m5 28 7-16 9 9z" fill="#7b68c9" />
      <path d="m8.500 20 5 5M10.500 15.500l7 7" stroke="#f7c948" />
      <circle cx="21" cy="7" r="2" fill="#e5484d" />
      <circle cx="27" cy="14" r="1.800" fill="#12b3a0" />
      <circle cx="26" cy="5.500" r="1.500" fill="#f7c948" />
      <path
        d="M15 9c2-1.500 2-4 .5-5.500M22 17.500c2-1.500 4.500-1 6 .5M18.500 13.500l4-3.500"
        stroke="#16908f"
      />
    </>
  ),
};

/** The picture of a sign; what it means is to be said beside it. */
export function SignPicture({ sign }: { readonly sign: Sign }): JSX.Element {
  return (
    <svg class="sign-picture" viewBox="0 0 32 32" aria-hidden="true">
      {PICTURES[sign]}
    </svg>
  );
}
