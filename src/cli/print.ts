import type { Finding, Report } from '../core/report.ts';

/**
 * Text that a terminal only shows. Names of structures and values come from the file: control characters would steer the
 * terminal, and directional ones make a line read as something else. The escapes are those of JSON.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => {
      return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}

/** What was done, or would be, in half a sentence: `removed location, device; rewrote orientation`. */
export function summarize({ findings }: Report, removed: string, rewrote: string): string {
  const kindsOf = (wanted: Finding['action']) => [
    ...new Set(findings.filter(({ action }) => action === wanted).map(({ kind }) => kind)),
  ];
  const rewritten = kindsOf('rewritten');
  const gone = kindsOf('removed').filter((kind) => !rewritten.includes(kind));
  const parts: string[] = [];
  if (gone.length > 0) parts.push(`${removed} ${gone.join(', ')}`);
  if (rewritten.length > 0 || gone.length === 0) parts.push(`${rewrote} ${rewritten.join(', ') || 'structure'}`);
  return parts.join('; ');
}

/** The report as lines: a heading, a table of the findings, what is not covered. */
export function describeReport(file: string, report: Report): string[] {
  const { mediaType, bytesIn, bytesOut, changed, findings, residual } = report;
  const size = changed ? `${count(bytesIn)} bytes, ${count(bytesOut)} when clean` : `${count(bytesIn)} bytes, clean`;
  return [
    visible(`${file}: ${mediaType}, ${size}`),
    ...tableOf(findings),
    ...residual.map((sentence) => visible(`  Not covered: ${sentence}`)),
  ];
}

/** A count of bytes for people: `12,345`. */
export function count(bytes: number): string {
  return bytes.toLocaleString('en');
}

function tableOf(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const rows = findings.map(({ where, kind, action, bytes }) => [visible(where), kind, action, count(bytes)]);
  const all = [['Where', 'Kind', 'Action', 'Bytes'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) => {
    const cells = row.map((cell, column) =>
      column === 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    return `  ${cells.join('  ')}`;
  });
  return lines.flatMap((line, at) => [line, ...detailsOf(findings[at - 1])]);
}

function detailsOf(finding: Finding | undefined): string[] {
  const { note, values = {} } = finding ?? {};
  const details = Object.entries(values).map(([name, value]) => `${name}: ${value}`);
  if (note !== undefined) details.unshift(note);
  return details.map((detail) => visible(`      ${detail}`));
}
