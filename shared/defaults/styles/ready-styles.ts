import { Style, type StyleName } from '../../src/style/style.ts';
import threeD from './3d.json' with { type: 'json' };
import anime from './anime.json' with { type: 'json' };
import charcoal from './charcoal.json' with { type: 'json' };
import cinematic from './cinematic.json' with { type: 'json' };
import clayAnimation from './clay-animation.json' with { type: 'json' };
import comic from './comic.json' with { type: 'json' };
import inkWash from './ink-wash.json' with { type: 'json' };
import lineArt from './line-art.json' with { type: 'json' };
import neon from './neon.json' with { type: 'json' };
import noir from './noir.json' with { type: 'json' };
import oilPainting from './oil-painting.json' with { type: 'json' };
import papercut from './papercut.json' with { type: 'json' };
import pencil from './pencil.json' with { type: 'json' };
import storybook from './storybook.json' with { type: 'json' };
import ukiyoE from './ukiyo-e.json' with { type: 'json' };
import watercolour from './watercolour.json' with { type: 'json' };

/** The styles that come with the product, as their files say. */
const files: Readonly<Record<StyleName, unknown>> = {
	pencil: pencil,
	'ink-wash': inkWash,
	anime: anime,
	'3d': threeD,
	noir: noir,
	watercolour: watercolour,
	papercut: papercut,
	charcoal: charcoal,
	comic: comic,
	storybook: storybook,
	'oil-painting': oilPainting,
	'ukiyo-e': ukiyoE,
	'line-art': lineArt,
	cinematic: cinematic,
	'clay-animation': clayAnimation,
	neon: neon,
};
const known = new Map<StyleName, Style>();

/** A style that comes with the product, checked by its schema the first time it is asked for. */
export function readyStyle(name: StyleName): Style {
	const style = known.get(name) ?? Style.parse(files[name]);
	known.set(name, style);
	return style;
}
