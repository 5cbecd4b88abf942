// What a page passes is checked at once: a mistake would otherwise show as an event that never starts.

/** What an option's JSON must match; the JSON of a missing one is `undefined`. Errors show the pattern, so it is written to be read. */
type Rules = Record<string, RegExp>;

const URL_RULE = /^"https?:\/\/[^\s?#@]+"$/i;
export const NAME_RULE = /^"[a-z0-9][a-z0-9-]{0,62}"$/;
export const FLAG_RULE = /^(true|false|undefined)$/;

export const JOIN: Rules = {
  server: URL_RULE,
  event: NAME_RULE,
  locales: /^(\["[^]*"\]|\[\]|undefined)$/,
  preload: FLAG_RULE,
  emergency: /^({.*}|undefined)$/,
  signal: /^({.*}|undefined)$/,
};

/** Throws unless `isRight`. */
export function demand(isRight: unknown, text: string): asserts isRight {
  if (!isRight) throw new TypeError(text);
}

/** Throws unless `options`, which the error calls `what`, has no members but those of `rules`, and these match. */
export function check(what: string, options: object, rules: Rules): void {
  demand(Object(options) === options, `${what} needs an object of ${Object.keys(rules)}`);
  for (const name of Object.keys({ ...rules, ...options })) {
    const json = JSON.stringify((options as any)[name]);
    demand(Object.hasOwn(rules, name), `${what}: no option "${name}", only ${Object.keys(rules)}`);
    demand(rules[name]!.test(json), `${what}: "${name}" is ${json}, not ${rules[name]}`);
  }
}

/** Throws unless an event can be joined with these options. */
export function checkJoin(options: { emergency?: object }): void {
  check("join", options, JOIN);
  if (options.emergency) check("emergency", options.emergency, { url: URL_RULE, key: /^"[\w-]{43}"$/ });
}
