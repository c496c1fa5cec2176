// ASF: objects around packets of sound, as WMA files have them (Microsoft, Advanced Systems Format Specification 01.20.05).
// Packets, the settings of their decoder and their timing are content. Descriptions, tags, pictures, markers, script commands,
// file ids, dates, encoder names, indexes and padding are metadata.

import { Guid, readGuid } from '../containers/asf.ts';
import { type Format, lazily } from '../core/format.ts';

/** Windows Media Audio. */
export const asf: Format = {
  id: 'asf',
  name: 'WMA',
  mediaTypes: ['audio/x-ms-wma', 'audio/wma', 'application/vnd.ms-asf'],
  extensions: ['wma', 'asf'],
  summary: 'Sound packets stay; descriptions, tags, pictures, markers, scripts, ids, dates and padding go.',
  matches: (head) => head.length >= 24 && readGuid(head, 0) === Guid.header,
  walk: /* @__PURE__ */ lazily('ASF', async () => (await import('./asf/walk.ts')).walkAsf),
};
