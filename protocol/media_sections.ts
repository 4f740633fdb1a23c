/** How many media sections a session description has, used or not. */
export function countMediaSections(sdp: string): number {
  let count = 0;
  let at = sdp.startsWith("m=") ? 0 : sdp.indexOf("\nm=");
  while (at !== -1) {
    count++;
    at = sdp.indexOf("\nm=", at + 1);
  }
  return count;
}
