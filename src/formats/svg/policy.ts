// What is done with each element, attribute and property of an SVG document. What stands in no table is dropped.
import type { FindingKind } from '../../core/report.ts';

export const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';
export const XLINK_NAMESPACE = 'http://www.w3.org/1999/xlink';
export const XHTML_NAMESPACE = 'http://www.w3.org/1999/xhtml';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Elements that draw, or that what draws refers to (SVG 2 appendix F; SVG 1.1 appendix L; SVG Tiny 1.2; flowed text of SVG 1.2). */
export const drawn: ReadonlySet<string> = words(`
  a altGlyph altGlyphDef altGlyphItem animate animateColor animateMotion animateTransform circle clipPath cursor defs discard
  ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap
  feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology
  feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter flowDiv flowPara flowRegion flowRoot flowSpan
  font font-face font-face-format font-face-name font-face-src font-face-uri g glyph glyphRef hatch hatchpath hkern image line
  linearGradient marker mask mesh meshgradient meshpatch meshrow missing-glyph mpath path pattern polygon polyline
  radialGradient rect set solidcolor solidColor stop style svg switch symbol tbreak text textArea textPath tref tspan use view
  vkern`);

/** Elements whose text is shown. */
export const textual: ReadonlySet<string> = words('text textArea flowRoot');

/** Elements in these whose text is shown, too (SVG 1.1 §10.5; flowed text of SVG 1.2). */
export const inline: ReadonlySet<string> = words(
  'a altGlyph flowDiv flowPara flowSpan switch tbreak textPath tref tspan',
);

/** Elements that animate others: dropped with `animation`, and never left without what they refer to. */
export const animating: ReadonlySet<string> = words('animate animateColor animateMotion animateTransform discard set');

/** Elements that run programs, or hold what draws by other rules. */
export const scripting: ReadonlySet<string> = words('foreignObject handler script');

/** Elements that say something about others and draw nothing. */
export const describing: ReadonlySet<string> = words('desc metadata title');

/** Attributes whose values are made of numbers, units and the words of the specification. */
const plain = words(`
  accent-height additive accumulate alphabetic amplitude arabic-form ascent attributeType azimuth baseFrequency bbox bias calcMode
  cap-height clipPathUnits cx cy descent diffuseConstant divisor dur dx dy edgeMode elevation exponent filterRes filterUnits fr fx
  fy gradientTransform gradientUnits hanging height horiz-adv-x horiz-origin-x horiz-origin-y hatchContentUnits hatchUnits
  ideographic intercept k k1 k2 k3 k4 kernelMatrix kernelUnitLength keyPoints keySplines keyTimes lengthAdjust limitingConeAngle
  markerHeight markerUnits markerWidth maskContentUnits maskUnits mathematical max media method min mode numOctaves offset operator
  order orient orientation origin overline-position overline-thickness panose-1 pathLength patternContentUnits patternTransform
  patternUnits pitch pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits r radius refX refY rel
  repeatCount repeatDur restart rotate rx ry scale seed side slope spacing specularConstant specularExponent spreadMethod
  startOffset stdDeviation stemh stemv stitchTiles strikethrough-position strikethrough-thickness surfaceScale tableValues target
  targetX targetY textLength transform type underline-position underline-thickness units-per-em v-alphabetic v-hanging
  v-ideographic v-mathematical vert-adv-y vert-origin-x vert-origin-y viewBox width widths x x-height x1 x2 xChannelSelector y y1 y2
  yChannelSelector z zoomAndPan`);

/** Properties of CSS that viewers of SVG know, also as presentation attributes. */
export const properties: ReadonlySet<string> = words(`
  alignment-baseline all animation animation-composition animation-delay animation-direction animation-duration
  animation-fill-mode animation-iteration-count animation-name animation-play-state animation-timing-function aspect-ratio
  backdrop-filter backface-visibility background background-color background-image background-position background-repeat
  background-size baseline-shift baseline-source block-progression border border-color border-radius border-style border-width
  bottom box-shadow box-sizing clip clip-path clip-rule color color-adjust color-interpolation color-interpolation-filters
  color-rendering color-scheme cursor cx cy d direction display dominant-baseline fill
  fill-opacity fill-rule filter float flood-color flood-opacity font font-family font-feature-settings font-kerning
  font-optical-sizing font-size font-size-adjust font-stretch font-style font-synthesis font-variant
  font-variant-alternates font-variant-caps font-variant-east-asian font-variant-emoji font-variant-ligatures
  font-variant-numeric font-variant-position font-variation-settings font-weight forced-color-adjust
  glyph-orientation-horizontal glyph-orientation-vertical height hyphens image-orientation image-rendering inline-size inset
  isolation kerning left letter-spacing lighting-color line-break line-height margin margin-bottom margin-left margin-right
  margin-top marker marker-end marker-mid marker-start mask mask-border mask-clip mask-composite mask-image mask-mode mask-origin
  mask-position mask-repeat mask-size mask-type max-height max-width min-height min-width mix-blend-mode object-fit
  object-position offset offset-anchor offset-distance offset-path offset-position offset-rotate opacity outline outline-color
  outline-offset outline-style outline-width overflow overflow-wrap overflow-x overflow-y padding paint-order perspective
  perspective-origin pointer-events position print-color-adjust r right rotate rx ry scale shape-image-threshold shape-inside
  shape-margin shape-padding shape-rendering shape-subtract solid-color solid-opacity src stop-color stop-opacity stroke
  stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width tab-size
  text-align text-align-all text-align-last text-anchor text-combine-upright text-decoration text-decoration-color
  text-decoration-fill text-decoration-line text-decoration-skip text-decoration-skip-ink text-decoration-stroke
  text-decoration-style text-decoration-thickness text-emphasis text-indent text-orientation text-overflow text-rendering
  text-shadow text-size-adjust text-transform text-underline-offset text-underline-position top touch-action transform
  transform-box transform-origin transform-style transition transition-delay transition-duration transition-property
  transition-timing-function translate unicode-bidi unicode-range user-select vector-effect vertical-align
  viewport-fill viewport-fill-opacity visibility white-space white-space-collapse width will-change word-break word-spacing
  word-wrap writing-mode x y z-index zoom ascent-override descent-override font-display line-gap-override size-adjust
  -webkit-animation -webkit-animation-delay -webkit-animation-direction -webkit-animation-duration
  -webkit-animation-fill-mode -webkit-animation-iteration-count -webkit-animation-name -webkit-animation-timing-function
  -webkit-backface-visibility -webkit-clip-path -webkit-filter -webkit-mask -webkit-mask-image -webkit-text-fill-color
  -webkit-text-stroke -webkit-transform -webkit-transform-origin -webkit-transition -webkit-user-select -moz-user-select
  -ms-user-select -webkit-font-smoothing -moz-osx-font-smoothing -webkit-perspective -webkit-text-size-adjust`);

/** How an attribute in no namespace is read. */
export type AttributeUse =
  /** Numbers, units and words that the specification knows. */
  | 'plain'
  /** A property as a presentation attribute. */
  | 'css'
  /** Path data: as far as they can be read. */
  | 'path'
  /** Coordinates: as far as they can be read. */
  | 'points'
  /** What an animation changes something to, by the rules of what it changes. */
  | 'animated'
  /** What an animation changes. */
  | 'attribute name'
  /** Characters that a glyph stands for. */
  | 'characters'
  /** Names of glyphs. */
  | 'glyphs'
  /** Name of a glyph. */
  | 'glyph'
  /** A language tag, or some of them. */
  | 'language'
  /** Names of features that a viewer needs (SVG 1.1 §5.8). */
  | 'features'
  /** Namespaces that a viewer needs to know. */
  | 'extensions'
  | 'id'
  | 'class'
  | 'style'
  | 'href'
  | 'timing'
  | 'result'
  | 'script'
  /** What is read out, or shown when it is pointed at. */
  | 'label';

const uses: ReadonlyMap<string, AttributeUse> = new Map<string, AttributeUse>([
  ...[...properties].map((name) => [name, 'css'] as const),
  ...[...plain].map((name) => [name, 'plain'] as const),
  ['attributeName', 'attribute name'],
  ['by', 'animated'],
  ['from', 'animated'],
  ['to', 'animated'],
  ['values', 'animated'],
  ['aria-description', 'label'],
  ['aria-hidden', 'label'],
  ['aria-label', 'label'],
  ['role', 'label'],
  ['begin', 'timing'],
  ['end', 'timing'],
  ['class', 'class'],
  ['d', 'path'],
  ['path', 'path'],
  ['points', 'points'],
  ['g1', 'glyphs'],
  ['g2', 'glyphs'],
  ['glyph-name', 'glyph'],
  ['href', 'href'],
  ['id', 'id'],
  ['in', 'result'],
  ['in2', 'result'],
  ['result', 'result'],
  ['lang', 'language'],
  ['systemLanguage', 'language'],
  ['requiredExtensions', 'extensions'],
  ['requiredFeatures', 'features'],
  ['style', 'style'],
  ['u1', 'characters'],
  ['u2', 'characters'],
  ['unicode', 'characters'],
]);

/** How an attribute in no namespace is read; undefined: it is dropped. */
export function attributeUse(name: string): AttributeUse | undefined {
  return uses.get(name) ?? (/^on/i.test(name) ? 'script' : undefined);
}

/** What a name in a namespace of editors tells about. */
export function kindOf(namespace: string | undefined, local: string): FindingKind {
  if (/^(docname|absref|export-filename|name)$/.test(local)) return 'identifier';
  if (/^(label|title|desc|aria-.*)$/.test(local)) return 'comment';
  if (local === 'pgf') return 'embedded-file';
  if (namespace === undefined) return 'other';
  if (namespace.includes('c2pa')) return 'provenance';
  if (/purl\.org\/dc|creativecommons|1999\/02\/22-rdf/.test(namespace)) return 'author';
  if (namespace === SVG_NAMESPACE || namespace === '') return local === 'metadata' ? 'author' : 'other';
  return 'software';
}
