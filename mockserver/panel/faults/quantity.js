/** Numbers of faults as sliders move them: where a value lies, what is written for a place, and how it reads. */

const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600 };
const BYTES = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
/** Sliders with steps of a share have this many. */
const STEPS = 200;

/** The seconds of a duration, null where it is none. */
export function secondsOf(text) {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  return found && Number(found[1]) * UNITS[found[2]];
}

/** The bytes a second of a rate, null where it is none. */
function bytesOf(text) {
  const found = /^(\d+(?:\.\d+)?) ?(B|[KMG]i?B) ?\/s$/.exec(text);
  return found && Number(found[1]) * BYTES[found[2]];
}

/** Two digits are as fine as anybody moves a slider. */
const rounded = (number) => Number(number.toPrecision(2));

const writeSeconds = (seconds) => (seconds < 1 ? `${rounded(seconds * 1000)}ms` : `${rounded(seconds)}s`);
const saySeconds = (seconds) => (seconds < 1 ? `${rounded(seconds * 1000)} ms` : `${rounded(seconds)} s`);

/** A scale on which each step makes a value larger by the same share. */
function growing(least, most) {
  const ratio = most / least;
  return {
    least: 0,
    most: STEPS,
    place: (value) => (Math.log(Math.min(Math.max(value, least), most) / least) / Math.log(ratio)) * STEPS,
    value: (place) => least * ratio ** (place / STEPS),
  };
}

const evenly = (least, most) => ({ least, most, place: (value) => value, value: (place) => place });

/** `read` takes a setting, null where it is none of this kind; `write` makes one of a number, `say` words. */
const number = (value) => (typeof value === "number" ? value : null);
export const DURATION = { ...growing(0.01, 600), read: secondsOf, write: writeSeconds, say: saySeconds };
export const RATE = {
  ...growing(64, 16 * 1024 ** 2),
  read: bytesOf,
  write: (bytes) => (bytes < 1024 ? `${Math.round(bytes)}B/s` : `${Math.round(bytes / 1024)}KiB/s`),
  say: (bytes) => (bytes < 1024 ? `${Math.round(bytes)} B/s` : `${Math.round(bytes / 1024)} KiB/s`),
};
export const SHARE = {
  least: 0,
  most: 100,
  place: (share) => Math.round(share * 100),
  value: (place) => place / 100,
  read: number,
  write: (share) => share,
  say: (share) => `${rounded(share * 100)} %`,
};
export const COUNT = (least, most, say) => ({ ...evenly(least, most), read: number, write: Math.round, say });
