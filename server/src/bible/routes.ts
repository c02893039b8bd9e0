import { bibleApi } from '@reelroom/shared/bible/api.ts';
import { on, type Route } from '../http/on.ts';
import type { AssetPictures } from './asset-pictures.ts';

/** Answers the HTTP operations of the bible; everything but its pictures is in the live document. */
export const bibleRoutes = (pictures: AssetPictures): Route[] => [
	on(bibleApi.addPicture, ({ params, bytes }, actor) => pictures.add(actor, params.id, bytes)),
	on(bibleApi.picture, ({ params }, actor) => pictures.file(actor, params.id, params.digest)),
	on(bibleApi.thumbnail, ({ params }, actor) => pictures.thumbnail(actor, params.id, params.digest)),
];
