import { concat } from '../../bytes/concat.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import { carry } from '../../containers/carry.ts';
import {
  type ImageDescriptor,
  Introducer,
  Label,
  type Screen,
  writeApplication,
  writeGraphicControl,
  writeImageDescriptor,
  writeScreen,
} from '../../containers/gif.ts';
import type { Context } from '../../core/context.ts';
import type { Plan, Slot } from '../../core/plan.ts';

/** §16: what ends sub-blocks. */
const TERMINATOR = new Uint8Array(1);
const CONTROL = 'Graphic Control Extension';
/** Length of an application extension with a loop count. */
const LOOP_LENGTH = 19;
/** §18: a pixel aspect ratio of (49 + 15) / 64, which is 1. */
const SQUARE = 49;
const ASPECT_OFFSET = 12;

/** A graphic control extension that waits for its image. */
interface Control {
  start: number;
  end: number;
  /** Its sub-blocks, each with its length in front. */
  raw: Uint8Array;
}

/** What is kept of a file: images as they come, and in front of them what only the whole file tells. */
export class Picture {
  /** The loop count as it stands in the file; the last one counts. */
  loop: Uint8Array | undefined;
  /** The canonical ICC profile. */
  profile: Uint8Array | undefined;
  /** How many images the file has, those that are not carried over included. */
  images = 0;
  readonly #plan: Plan;
  readonly #context: Context;
  readonly #header: Slot;
  readonly #screen: Screen;
  #control: Control | undefined;
  #hasControls = false;
  #fillsScreen = true;

  constructor(plan: Plan, context: Context, screen: Screen) {
    this.#plan = plan;
    this.#context = context;
    this.#screen = screen;
    this.#header = plan.slot();
  }

  /** Takes a graphic control extension `[start, end)`. Decoders obey the last one in front of an image. */
  takeControl(start: number, end: number, raw: Uint8Array): void {
    this.#dropControl();
    this.#control = { start, end, raw };
  }

  /**
   * Takes the image `[start, end)`.
   * @param found its descriptor as it stands in the file
   * @param isEnded whether its sub-blocks end with a zero
   */
  takeImage(descriptor: ImageDescriptor, start: number, end: number, found: Uint8Array, isEnded: boolean): void {
    this.images++;
    if (this.images > 1 && !this.#context.keeps('animation')) {
      this.#dropControl();
      const where = 'Image Descriptor';
      this.#plan.found({ kind: 'other', where, action: 'removed', bytes: end - start, offset: start });
      return;
    }
    if (this.images === 1) this.#fillsScreen = fills(descriptor, this.#screen);
    this.#writeControl();
    carry(this.#plan, start, found, writeImageDescriptor(descriptor));
    // Local colour table, LZW minimum code size, image data.
    this.#plan.keep(start + found.length, end);
    if (!isEnded) this.#plan.insert(TERMINATOR);
  }

  #writeControl(): void {
    if (this.#control === undefined) return;
    const { start, end, raw } = this.#control;
    const canonical = writeGraphicControl(raw.subarray(1));
    const found = Uint8Array.of(Introducer.extension, Label.graphicControl, ...raw);
    carry(this.#plan, start, found, canonical);
    const bytes = end - start - canonical.length;
    if (bytes > 0) {
      const offset = start + canonical.length - 1;
      this.#plan.found({ kind: 'structure', where: CONTROL, action: 'removed', bytes, offset });
    }
    this.#control = undefined;
    this.#hasControls = true;
  }

  #dropControl(): void {
    if (this.#control === undefined) return;
    const { start, end } = this.#control;
    this.#plan.found({ kind: 'structure', where: CONTROL, action: 'removed', bytes: end - start, offset: start });
    this.#control = undefined;
  }

  /** Writes what stands in front of the images; `tableStart` is where the global colour table does. */
  finish(tableStart: number): void {
    this.#dropControl();
    const { plan } = this.#header;
    const isAnimated = this.images > 1 && this.#context.keeps('animation');
    const { loop, profile } = this;
    const hasExtensions = this.#hasControls || (isAnimated && loop !== undefined) || profile !== undefined;
    // Firefox crops the screen of version 87a to the first image; tag editors make 89a of it.
    const version = hasExtensions || !this.#fillsScreen ? '89a' : '87a';
    plan.insert(concat(latin1Bytes(`GIF${version}`), this.#keptScreen()));
    plan.keep(tableStart, tableStart + this.#screen.tableLength);
    if (isAnimated && loop !== undefined) plan.insert(writeApplication('NETSCAPE2.0', Uint8Array.of(1, ...loop)));
    if (profile !== undefined) plan.insert(writeApplication('ICCRGBG1012', profile));
    if (!isAnimated && loop !== undefined) {
      const where = 'Application Extension › NETSCAPE';
      this.#plan.found({
        kind: 'structure',
        where,
        action: 'removed',
        bytes: LOOP_LENGTH,
        note: 'One image needs none.',
      });
    }
  }

  #keptScreen(): Uint8Array {
    const screen = this.#screen;
    const isSquare = screen.pixelAspect === SQUARE || !this.#context.keeps('pixelAspect');
    if (isSquare && screen.pixelAspect !== 0) {
      const where = 'Logical Screen Descriptor';
      this.#plan.found({ kind: 'structure', where, action: 'removed', bytes: 1, offset: ASPECT_OFFSET });
    }
    return writeScreen(isSquare ? { ...screen, pixelAspect: 0 } : screen);
  }
}

function fills({ left, top, width, height }: ImageDescriptor, screen: Screen): boolean {
  return left === 0 && top === 0 && width === screen.width && height === screen.height;
}
