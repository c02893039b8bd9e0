import {
	drawAlley,
	drawCity,
	drawCourtyard,
	drawHeaven,
	drawPalace,
	drawRooftops,
	drawStreet,
	drawTemple,
} from './town.ts';
import {
	drawBattlefield,
	drawField,
	drawForest,
	drawHillside,
	drawMountain,
	drawRiver,
	drawSea,
	drawSkyAlone,
	drawVillage,
} from './nature.ts';
import { drawFeast, drawHall, drawRoom, drawStove, drawThroneRoom } from './interior.ts';
import type { PlaceKind, Stage } from './scene.ts';

/** Every place that can be drawn; words for each are in `words.json`. */
export const places: Record<PlaceKind, (stage: Stage) => void> = {
	street: drawStreet,
	alley: drawAlley,
	rooftops: drawRooftops,
	city: drawCity,
	palace: drawPalace,
	temple: drawTemple,
	courtyard: drawCourtyard,
	heaven: drawHeaven,
	village: drawVillage,
	hillside: drawHillside,
	mountain: drawMountain,
	river: drawRiver,
	sea: drawSea,
	forest: drawForest,
	field: drawField,
	battlefield: drawBattlefield,
	sky: drawSkyAlone,
	room: drawRoom,
	hall: drawHall,
	stove: drawStove,
	feast: drawFeast,
	throne: drawThroneRoom,
};
