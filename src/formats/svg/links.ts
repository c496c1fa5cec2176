// What leads out of the document, or into itself: written as it is kept, noted where it isn't.
import { startsWith } from '../../bytes/text.ts';
import type { Context } from '../../core/context.ts';
import { unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { FindingKind } from '../../core/report.ts';
import { escapeXml, type Output } from './output.ts';
import { targetOf } from './references.ts';

export const SCRIPT_SENTENCE =
  "The picture holds scripts or foreign objects, which could show or fetch anything. Clean it with drop: ['scripts'] to send it without them.";
const SHEET_SENTENCE =
  "The picture loads a style sheet from elsewhere. Clean it with drop: ['links'] to send it without that.";
/** Embedded OpenType has its signature behind sizes and versions; only Internet Explorer reads it. */
const EOT = { signature: 'LP', at: 34 };

/** What is noted of a document, and where in the file it stands. */
export class Notes {
  readonly context: Context;
  readonly plan: Plan;
  readonly offsetOf: (at: number) => number | undefined;

  constructor(context: Context, plan: Plan, offsetOf: (at: number) => number | undefined) {
    this.context = context;
    this.plan = plan;
    this.offsetOf = offsetOf;
  }

  /** Something was left out; `start` counts characters. */
  removed(kind: FindingKind, where: string, bytes: number, start?: number): void {
    if (!this.context.describes) return;
    const offset = start === undefined ? undefined : this.offsetOf(start);
    this.plan.found({ kind, where, action: 'removed', bytes, ...(offset === undefined ? {} : { offset }) });
  }
}

/** Writes references. */
export class Links {
  readonly #notes: Notes;
  readonly #output: Output;

  constructor(notes: Notes, output: Output) {
    this.#notes = notes;
    this.#output = output;
  }

  /** @throws ScrubError unless scripts are dropped */
  refuseScript(where: string, start?: number): void {
    const { context, offsetOf } = this.#notes;
    if (!context.keeps('scripts')) return;
    throw unsupported(SCRIPT_SENTENCE, start === undefined ? undefined : offsetOf(start), where);
  }

  /**
   * A style sheet in another file.
   * @throws ScrubError unless links are dropped
   */
  refuseSheet(): void {
    if (this.#notes.context.keeps('links')) throw unsupported(SHEET_SENTENCE, undefined, 'style');
    this.#notes.removed('identifier', 'link to a style sheet', 0);
  }

  /** Writes what a reference from `from` leads to, behind `lead`; false: it is left out. */
  write(reference: string, from: string, lead: string): boolean {
    const output = this.#output;
    const target = targetOf(reference);
    switch (target.kind) {
      case 'self':
        output.write(`${lead}${reference.includes('#') ? '#' : ''}`);
        return true;
      case 'id':
        output.write(`${lead}#`);
        output.name('id', target.id);
        return true;
      case 'script':
        this.refuseScript(from);
        this.#notes.removed('other', `${from} › script`, reference.length);
        return false;
      case 'data': {
        const { bytes, fragment } = target;
        if (from === 'a' || bytes === undefined || bytes.length === 0) break;
        if (from === 'style' && startsWith(bytes, EOT.signature, EOT.at)) break;
        if (from === 'use') throw unsupported('An element is used from inside of data.', undefined, from);
        output.write(lead);
        output.part({ kind: 'data', bytes, fragment, where: `${from} › data` });
        return true;
      }
      case 'contact':
      case 'address':
        if (target.kind === 'contact' && from !== 'a') break;
        if (!this.#notes.context.keeps('links')) break;
        this.#writeAddress(target.url, from, lead);
        return true;
      default:
    }
    this.#notes.removed('identifier', `${from} › link`, reference.length);
    return false;
  }

  #writeAddress(url: string, from: string, lead: string): void {
    const { plan } = this.#notes;
    const note = "It leads out of the file; drop: ['links'] leaves it out.";
    plan.found({ kind: 'identifier', where: `${from} › link`, action: 'kept', bytes: url.length, note });
    plan.residual.add('Addresses that the picture links to or is loaded from: whoever opens it may show up there.');
    this.#output.write(lead + escapeXml(from === 'style' ? `"${url.replace(/["\\]/g, '\\$&')}"` : url));
  }
}
