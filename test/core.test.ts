// The plan and what is made of it, without any format.
import { describe, expect, it } from 'vitest';
import type { PatchedRun } from '../src/core/patched-run.ts';
import { Plan } from '../src/core/plan.ts';
import { isUnchangedInMemory, lengthOf, toBlobParts, toBytes } from '../src/core/write.ts';

const input = Uint8Array.from({ length: 10 }, (_, index) => index);
const bytesOf = (plan: Plan) => [...toBytes(plan.flat(), plan.length, input)];

describe('a plan', () => {
  it('merges kept spans that touch, through places that were filled', () => {
    const plan = new Plan();
    plan.keep(0, 2);
    const slot = plan.slot();
    plan.keep(4, 6);
    plan.keep(6, 6);
    plan.keep(6, 10);
    slot.plan.keep(2, 4);
    expect(plan.flat()).toEqual([{ start: 0, end: 10 }]);
    expect(isUnchangedInMemory(plan.flat(), input)).toBe(true);
  });

  it('is written in order, each piece once', () => {
    const plan = new Plan();
    const slot = plan.slot();
    plan.keep(8, 10);
    plan.insert(Uint8Array.of(42));
    plan.insert(new Uint8Array(0));
    plan.keep(0, 1);
    slot.plan.insert(Uint8Array.of(7));
    expect(bytesOf(plan)).toEqual([7, 8, 9, 42, 0]);
    expect(lengthOf(plan.flat())).toBe(plan.length);
  });

  it('is written alike whichever piece is the longest, and in memory of its own', () => {
    const plans = [
      [2, 9, [1, 2]],
      [0, 10, []],
      [1, 4, [7, 7, 7, 7, 7, 7, 7]],
      [5, 10, [3]],
    ] as const;
    for (const [start, end, fresh] of plans) {
      for (const isFirst of [true, false]) {
        const plan = new Plan();
        if (isFirst) plan.insert(Uint8Array.from(fresh));
        plan.keep(start, end);
        if (!isFirst) plan.insert(Uint8Array.from(fresh));
        const kept = [...input.subarray(start, end)];
        const output = toBytes(plan.flat(), plan.length, Buffer.from(input));
        expect([...output]).toEqual(isFirst ? [...fresh, ...kept] : [...kept, ...fresh]);
        expect(output.buffer.byteLength).toBe(output.length);
      }
    }
  });

  it('changes nothing when fresh bytes are those that were there', () => {
    const plan = new Plan();
    plan.insert(input.slice(0, 3));
    plan.keep(3, 10);
    expect(isUnchangedInMemory(plan.flat(), input)).toBe(true);
    const other = new Plan();
    other.insert(Uint8Array.of(0, 1, 3));
    other.keep(3, 10);
    expect(isUnchangedInMemory(other.flat(), input)).toBe(false);
  });

  it('changes something when it is shorter, or out of order', () => {
    const shorter = new Plan();
    shorter.keep(0, 9);
    expect(isUnchangedInMemory(shorter.flat(), input)).toBe(false);
    const moved = new Plan();
    moved.keep(5, 10);
    moved.keep(0, 5);
    expect(isUnchangedInMemory(moved.flat(), input)).toBe(false);
  });

  it('puts a nested plan where it stands, with its findings under a trail', () => {
    const nested = new Plan();
    nested.keep(1, 2);
    nested.found({ kind: 'author', where: 'IFD0', action: 'removed', bytes: 3, offset: 0 });
    const plan = new Plan();
    plan.append(nested, 4, 'cover');
    expect(bytesOf(plan)).toEqual([5]);
    expect(plan.findings).toEqual([{ kind: 'author', where: 'cover › IFD0', action: 'removed', bytes: 3, offset: 4 }]);
  });

  it('counts findings of one kind and place together, and bounds how many there are', () => {
    const plan = new Plan();
    for (let count = 0; count < 3; count++) {
      plan.found({ kind: 'comment', where: 'COM', action: 'removed', bytes: 2, offset: count });
    }
    expect(plan.findings).toEqual([{ kind: 'comment', where: 'COM', action: 'removed', bytes: 6, offset: 0 }]);
    for (let count = 0; count < 100_000; count++) {
      plan.found({ kind: 'other', where: `chunk ${count}`, action: 'removed', bytes: 1 });
    }
    expect(plan.findings.length).toBeLessThan(2000);
    expect(plan.findings.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(100_006);
  });
});

describe('a patched run', () => {
  /** Keeps 2 to 9 and puts 30 in place of 3, 50 and 60 in place of 5 and 6. */
  function patched(): Plan {
    const plan = new Plan();
    plan.insert(Uint8Array.of(42));
    plan.keep(2, 5);
    plan.patchByte(3, 30);
    plan.keep(5, 9);
    plan.patch(5, Uint8Array.of(50, 60));
    return plan;
  }

  it('is one run, with its patches in place of what was there', () => {
    const plan = patched();
    expect(plan.pieces).toHaveLength(2);
    expect(bytesOf(plan)).toEqual([42, 2, 30, 4, 50, 60, 7, 8]);
    expect(lengthOf(plan.flat())).toBe(plan.length);
  });

  it('can be written in parts, wherever they are cut', () => {
    const [, run] = patched().flat();
    for (let start = 2; start < 9; start++) {
      for (let end = start; end <= 9; end++) {
        const part = new Uint8Array(end - start + 2);
        part.set(input.subarray(start, end), 1);
        (run as PatchedRun).apply(part, 1, start, end);
        expect([...part]).toEqual([0, ...[2, 30, 4, 50, 60, 7, 8].slice(start - 2, end - 2), 0]);
      }
    }
  });

  it('goes into Blobs too', async () => {
    const parts = await toBlobParts(patched().flat(), new Blob([input]));
    expect([...new Uint8Array(await new Blob(parts).arrayBuffer())]).toEqual([42, 2, 30, 4, 50, 60, 7, 8]);
  });

  it('keeps its patches in a nested plan', () => {
    const nested = new Plan();
    nested.keep(0, 3);
    nested.patchByte(1, 99);
    const plan = new Plan();
    plan.keep(0, 4);
    plan.append(nested, 4);
    expect(bytesOf(plan)).toEqual([0, 1, 2, 3, 4, 99, 6]);
  });

  it('changes nothing where the input has the same bytes already', () => {
    for (const [byte, isSame] of [
      [3, true],
      [4, false],
    ] as const) {
      const plan = new Plan();
      plan.keep(0, 10);
      plan.patchByte(3, byte);
      expect(isUnchangedInMemory(plan.flat(), input)).toBe(isSame);
    }
  });

  it('takes patches in the run alone, and forward', () => {
    const plan = patched();
    expect(() => plan.patchByte(6, 1)).toThrow('patched');
    expect(() => plan.patch(8, Uint8Array.of(1, 2))).toThrow('patched');
    expect(() => new Plan().patchByte(0, 1)).toThrow('patched');
  });

  it('holds any number of patches', () => {
    const long = new Uint8Array(100_000);
    const plan = new Plan();
    plan.keep(0, long.length);
    for (let at = 0; at < long.length; at += 10) plan.patch(at, Uint8Array.of(1, 2, 3));
    const output = toBytes(plan.flat(), plan.length, long);
    expect(output.every((byte, at) => byte === (at % 10 < 3 ? (at % 10) + 1 : 0))).toBe(true);
  });
});

describe('parts of a Blob', () => {
  it('are slices of the input, of which no byte is read', async () => {
    const blob = new Blob([input]);
    const plan = new Plan();
    plan.keep(2, 5);
    plan.insert(Uint8Array.of(42));
    const parts = await toBlobParts(plan.flat(), blob);
    expect(parts[0]).toBeInstanceOf(Blob);
    expect([...new Uint8Array(await new Blob(parts).arrayBuffer())]).toEqual([2, 3, 4, 42]);
  });
});
