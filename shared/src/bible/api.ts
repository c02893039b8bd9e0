import * as z from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import { AssetPicture } from './asset.ts';

const ById = z.strictObject({ id: Id });
const ByPicture = z.strictObject({ id: Id, digest: AssetPicture.shape.sha256 });

export const bibleApi = {
	addPicture: endpoint({
		method: 'post',
		path: '/projects/:id/bible/pictures',
		summary: `Stores a reference picture for the bible: the bytes of a PNG, JPEG or WebP file of up to ${limits.pictureBytes / 1024 / 1024} MB and ${limits.picturePixels / 1e6} megapixels, which is decoded and written anew. What it shows is said in the live document.`,
		allow: 'document.edit',
		status: 201,
		params: ById,
		bytesLimit: limits.pictureBytes,
		reply: AssetPicture.pick({ sha256: true, widthPx: true, heightPx: true }),
	}),
	picture: endpoint({
		method: 'get',
		path: '/projects/:id/bible/pictures/:digest',
		summary: 'A reference picture of the bible.',
		allow: 'document.read',
		params: ByPicture,
		file: ['image/webp'],
	}),
	thumbnail: endpoint({
		method: 'get',
		path: '/projects/:id/bible/pictures/:digest/thumbnail',
		summary: 'A reference picture with its longest side at most 400 px.',
		allow: 'document.read',
		params: ByPicture,
		file: ['image/webp'],
	}),
};
