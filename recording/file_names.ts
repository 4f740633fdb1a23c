/**
 * What recordings are called.
 *
 * @module
 */

/** The longest name of a user in a file's, in UTF-16 units. */
const MAX_USERNAME_LENGTH = 60;

/**
 * A user's name as part of a file's: nothing in it has a meaning to a file
 * system, or none that is bad (H.2).
 */
export function sanitiseUsername(username: string): string {
  return username
    .replaceAll("/", "-slash-")
    .replaceAll("\\", "-backslash-")
    // deno-lint-ignore no-control-regex
    .replaceAll(/[\x00-\x1f\x7f]/g, "-")
    .slice(0, MAX_USERNAME_LENGTH)
    .toWellFormed();
}

/** The name of a file that begins now, by local time, without its ending (C-2). */
export function recordingName(now: Date, username: string): string {
  const pad = (value: number, digits = 2) =>
    String(value).padStart(digits, "0");
  const [year, month, day] = [
    pad(now.getFullYear(), 4),
    pad(now.getMonth() + 1),
    pad(now.getDate()),
  ];
  const [hour, minute, second] = [
    pad(now.getHours()),
    pad(now.getMinutes()),
    pad(now.getSeconds()),
  ];
  const milliseconds = pad(now.getMilliseconds(), 3);
  const time =
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}`;
  return username === "" ? time : `${time}-${sanitiseUsername(username)}`;
}
