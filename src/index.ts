// The public interface on one screen: the functions over every format of the registry, and their types.
import { formats as registry } from './formats/index.ts';
import { createScrubber, type Format, type Scrubber } from './scrub.ts';

export {
  type Attachment,
  type CleanAttachment,
  createScrubber,
  type Finding,
  type FindingKind,
  type Format,
  type Keepable,
  type Limits,
  type Report,
  type Scrubber,
  ScrubError,
  type ScrubErrorCode,
  type ScrubInput,
  type ScrubOptions,
} from './scrub.ts';

const scrubber: Scrubber = /* @__PURE__ */ createScrubber(registry);

/** The formats that are cleaned. */
export const formats: readonly Format[] = registry;

/** {@inheritDoc Scrubber.scrub} */
export const scrub: Scrubber['scrub'] = scrubber.scrub;

/** {@inheritDoc Scrubber.inspect} */
export const inspect: Scrubber['inspect'] = scrubber.inspect;

/** {@inheritDoc Scrubber.scrubWithReport} */
export const scrubWithReport: Scrubber['scrubWithReport'] = scrubber.scrubWithReport;

/** {@inheritDoc Scrubber.scrubAttachment} */
export const scrubAttachment: Scrubber['scrubAttachment'] = scrubber.scrubAttachment;
