import { latin1, latin1Bytes } from '../../bytes/text.ts';
import { deflate } from '../../containers/pdf/inflate.ts';
import type { Dict, Stream } from '../../containers/pdf/objects.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import { setCoding } from './coding.ts';
import type { Sweep } from './sweep.ts';

/** Packets of XFA (XFA 3.3, "XDP") that tell of a form's making: history, configuration, sources of data, signatures. */
export const packetsOfMaking: ReadonlySet<string> = new Set([
  ...['config', 'connectionSet', 'pdf', 'signature', 'sourceSet', 'stylesheet', 'xdc', 'xmpmeta'],
]);

/** Their namespaces: data of a form may be named as they are. */
const NAMESPACES = /\/schema\/(xci|xfa-connection-set|xfa-source-set|xdc)\/|adobe:ns:meta/;
/** Longer forms are carried over as they are. */
const MAX_LENGTH = 32 * 1024 * 1024;

/** A packet of XFA, or a whole form (§12.7.8), without comments and instructions; bytes are taken as characters, as all marks are ASCII. */
export function* writeXfa(sweep: Sweep, stream: Stream, dict: Dict, body: Plan): Walk<boolean> {
  const { bytes, filters } = yield* sweep.document.decode(stream);
  if (filters.length > 0 || bytes.length > MAX_LENGTH) return false;
  const text = latin1(bytes);
  const cleaned = withoutMaking(text);
  if (cleaned.length !== text.length) sweep.removed('history', 'AcroForm › XFA', text.length - cleaned.length);
  body.insert(deflate(latin1Bytes(cleaned)));
  setCoding(dict, ['FlateDecode'], []);
  return true;
}

/** A form's template, in which descriptions of its parts name authors and programs (XFA 3.3, "desc"). */
const TEMPLATE = /<((?:\w{1,20}:)?template)\s[^>]{0,2000}\/schema\/xfa-template\//;

/** XML without comments, processing instructions and packets of making; character data is left alone, whatever it looks like. */
export function withoutMaking(text: string): string {
  const opened = TEMPLATE.exec(text);
  const template = opened === null ? 0 : opened.index + opened[0].length;
  const templateEnd = opened === null ? 0 : behind(text, `</${opened[1]}>`, template);
  let output = '';
  let from = 0;
  let at = text.indexOf('<');
  while (at >= 0) {
    const end = endOfMaking(text, at) ?? (at >= template && at < templateEnd ? endOfDescription(text, at) : undefined);
    if (end !== undefined) {
      output += text.slice(from, at);
      from = end;
    }
    at = text.indexOf('<', end ?? (text.startsWith('<![CDATA[', at) ? behind(text, ']]>', at) : at + 1));
  }
  return output + text.slice(from);
}

/** Where something that is left out, and begins at `<`, ends; nothing for what stays. */
function endOfMaking(text: string, at: number): number | undefined {
  if (text.startsWith('<!--', at)) return behind(text, '-->', at);
  if (text.startsWith('<?', at)) return /^<\?xml\s/.test(text.slice(at, at + 6)) ? undefined : behind(text, '?>', at);
  const name = /^<((?:\w{1,20}:)?(\w{1,20}))[\s>]/.exec(text.slice(at, at + 50));
  if (name?.[2] === undefined || !packetsOfMaking.has(name[2])) return undefined;
  const opened = text.indexOf('>', at);
  if (opened < 0 || opened - at > 2000 || !NAMESPACES.test(text.slice(at, opened))) return undefined;
  return text[opened - 1] === '/' ? opened + 1 : behind(text, `</${name[1]}>`, opened);
}

const DESCRIPTION = /^<((?:\w{1,20}:)?desc)[\s>/]/;

/** Where the description of a part of a template ends; nothing for other elements. */
function endOfDescription(text: string, at: number): number | undefined {
  const name = DESCRIPTION.exec(text.slice(at, at + 30))?.[1];
  if (name === undefined) return undefined;
  const opened = behind(text, '>', at);
  return text[opened - 2] === '/' ? opened : behind(text, `</${name}>`, opened);
}

/** Index behind the next `mark`, or the end of the text. */
function behind(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}
