import { areEqual } from '../../bytes/equal.ts';
import { printable } from '../../bytes/printable.ts';
import { latin1 } from '../../bytes/text.ts';
import { joinSubBlocks, Label, readSubBlocks } from '../../containers/gif.ts';
import { canonicalProfile } from '../../containers/icc.ts';
import { describeXmp } from '../../containers/xmp-inventory.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Finding } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import type { Picture } from './picture.ts';
import { APPLICATION_LENGTH, type ExtensionRule, type ExtensionUse, ruleFor } from './policy.ts';

/** Introducer and label. */
export const EXTENSION_HEADER_LENGTH = 2;
/** A graphic control extension is a sub-block of four bytes and the terminator. */
const CONTROL_DATA_LENGTH = 4;
const CONTROL_SUB_BLOCKS_LENGTH = 6;
/** More of a loop extension is not looked at. */
const MAX_LOOP_LENGTH = 1024;
const LOOP_DATA_LENGTH = 3;
/** Sub-block that holds a loop count. */
const LOOP_ID = 1;
/** More of a dropped extension is not looked at. */
const MAX_DESCRIBED_LENGTH = 256 * 1024;

/** An extension whose sub-blocks were walked. */
interface Extension {
  rule: ExtensionRule;
  start: number;
  end: number;
  /** Its first sub-blocks, each with its length in front. */
  raw: Uint8Array;
}

/**
 * Takes what is needed of the extension at `start` and drops the rest.
 * @returns where the next block begins
 */
export function* walkExtension(
  window: Window,
  plan: Plan,
  context: Context,
  picture: Picture,
  start: number,
): Walk<number> {
  const dataStart = start + EXTENSION_HEADER_LENGTH;
  const canEnd = picture.images > 0;
  if (canEnd && dataStart >= window.size) return dropCut(window, plan, start, ['Extension']);
  if (!window.has(start, EXTENSION_HEADER_LENGTH + 1)) {
    yield window.need(start, EXTENSION_HEADER_LENGTH + 1, 'Extension');
  }
  const label = window.u8(start + 1);
  const firstLength = window.u8(dataStart);
  let application = '';
  if (label === Label.application) {
    const length = Math.min(firstLength, APPLICATION_LENGTH, window.size - dataStart - 1);
    if (!window.has(dataStart + 1, length)) yield window.need(dataStart + 1, length, 'Application Extension');
    application = latin1(window.view(dataStart + 1, dataStart + 1 + length));
  }
  // An application is told by a sub-block of its own (§26).
  const rule = ruleFor(label, application, firstLength === APPLICATION_LENGTH);
  const { end, isEnded, raw } = yield* readSubBlocks(window, dataStart, lengthToRead(rule.use, context));
  if (!isEnded && canEnd) return dropCut(window, plan, start, rule.trail);
  if (!isEnded) yield window.need(end, 1, ...rule.trail);
  const extension: Extension = { rule, start, end, raw };
  if (rule.use === 'control') takeControl(plan, picture, extension);
  else if (rule.use === 'loop') takeLoop(plan, picture, extension);
  else if (rule.use === 'profile') takeProfile(plan, context, picture, extension);
  else if (context.describes) plan.found(describe(context, label, extension));
  return end;
}

/** Drops an extension that the file ends in, behind an image. */
function dropCut(window: Window, plan: Plan, start: number, trail: readonly string[]): number {
  const end = window.size;
  const note = 'It is cut off.';
  plan.found({ kind: 'other', where: trail.join(' › '), action: 'removed', bytes: end - start, offset: start, note });
  return end;
}

/** How much of an extension is read. */
function lengthToRead(use: ExtensionUse, context: Context): number {
  if (use === 'control') return CONTROL_SUB_BLOCKS_LENGTH;
  if (use === 'loop') return MAX_LOOP_LENGTH;
  if (use === 'profile') return context.options.limits.bufferedBytes;
  return context.describes ? MAX_DESCRIBED_LENGTH : 0;
}

function removed({ rule, start, end }: Extension): Finding {
  return {
    kind: rule.kind,
    where: rule.trail.join(' › '),
    action: 'removed',
    bytes: end - start,
    offset: start,
  };
}

function takeControl(plan: Plan, picture: Picture, extension: Extension): void {
  const { start, end, raw } = extension;
  const [length = 0] = raw;
  // Without data it is nothing but a terminator.
  if (length === 0) {
    plan.found(removed(extension));
    return;
  }
  if (length < CONTROL_DATA_LENGTH) throw malformed('The extension is too short.', start, ...extension.rule.trail);
  picture.takeControl(start, end, raw);
}

function takeLoop(plan: Plan, picture: Picture, extension: Extension): void {
  const { raw, start, end } = extension;
  let count: Uint8Array | undefined;
  let rest = end - start - (EXTENSION_HEADER_LENGTH + 1 + APPLICATION_LENGTH) - (1 + LOOP_DATA_LENGTH) - 1;
  for (let at = 1 + APPLICATION_LENGTH; at < raw.length; at += 1 + (raw[at] ?? 0)) {
    const data = raw.subarray(at + 1, at + 1 + (raw[at] ?? 0));
    if (data.length >= LOOP_DATA_LENGTH && data[0] === LOOP_ID) count = data.slice(1, 3);
  }
  if (count === undefined || picture.loop !== undefined) rest = end - start;
  if (rest > 0) plan.found({ ...removed(extension), bytes: rest });
  else if (extension.rule.trail[1] !== 'NETSCAPE') {
    plan.found({
      ...removed(extension),
      action: 'rewritten',
      note: 'It is written as NETSCAPE2.0, which all decoders know.',
    });
  }
  if (count !== undefined) picture.loop = count;
}

function takeProfile(plan: Plan, context: Context, picture: Picture, extension: Extension): void {
  const { start, end, raw } = extension;
  if (picture.profile !== undefined || !context.keeps('colorProfile')) {
    plan.found(removed(extension));
    return;
  }
  if (start + EXTENSION_HEADER_LENGTH + raw.length < end) {
    throw limitExceeded(
      `An extension has more than ${context.options.limits.bufferedBytes} bytes; raise limits.bufferedBytes to clean the file.`,
      start,
      ...extension.rule.trail,
    );
  }
  const profile = joinSubBlocks(raw.subarray(1 + APPLICATION_LENGTH));
  const canonical = canonicalProfile(profile);
  if (canonical.usable && canonical.colorSpace === 'RGB ') {
    picture.profile = canonical.bytes;
    plan.found({ ...removed(extension), action: areEqual(profile, canonical.bytes) ? 'kept' : 'rewritten' });
  } else {
    const reason = canonical.usable ? 'It is not made for RGB.' : canonical.reason;
    plan.found({ ...removed(extension), note: `Decoders ignore it. ${reason}` });
  }
}

function describe(context: Context, label: number, extension: Extension): Finding {
  const finding = removed(extension);
  const { raw } = extension;
  if (finding.kind === 'history') return { ...finding, ...describeXmp(raw) };
  if (finding.kind !== 'comment' || !context.options.values) return finding;
  // The first sub-block of a plain text extension says where and how the text is drawn.
  const text = joinSubBlocks(label === Label.plainText ? raw.subarray(1 + (raw[0] ?? 0)) : raw);
  return { ...finding, values: { text: printable(latin1(text)) } };
}
