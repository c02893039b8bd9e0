import * as z from 'zod';
import { Id } from '../id.ts';
import { nameUpTo } from '../name.ts';

/** What the bible of a project holds. */
export const assetKinds = ['character', 'location', 'prop'] as const;
export const AssetKind = z.enum(assetKinds);
export type AssetKind = z.infer<typeof AssetKind>;

/** A name that `@` can stand before; `/` begins the name of a variant. */
export const AssetName = nameUpTo(80).refine((name) => !/[@＠/／]/.test(name), 'A name has no @ and no /');

const Order = z.string().max(200);
const Description = z.string().max(2000);

/** Another look of an asset, such as a coat worn in some scenes; cast as `@Name/variant`. */
export const AssetVariant = z.strictObject({
	id: Id,
	name: z.string().max(80),
	description: Description,
	order: Order,
});
export type AssetVariant = z.infer<typeof AssetVariant>;

/** A stored picture that shows what an asset looks like; of a variant, or of the asset itself. */
export const AssetPicture = z.strictObject({
	id: Id,
	sha256: z.string().regex(/^[0-9a-f]{64}$/),
	widthPx: z.int().min(1),
	heightPx: z.int().min(1),
	variantId: Id.nullable(),
	order: Order,
});
export type AssetPicture = z.infer<typeof AssetPicture>;

/** One of the project's reusable things. */
export const Asset = z.strictObject({
	id: Id,
	kind: AssetKind,
	name: z.string().max(80),
	/** Other names by which script and prompts call it. */
	aliases: z.array(z.string().max(80)).max(20),
	description: Description,
	/** What its pictures must not show. */
	negative: z.string().max(1000),
	/** Words that wake a LoRA, sent behind everything else. */
	lora: z.string().max(500),
	/** Seed of the pictures it is the first cast of; null leaves it to the shot. */
	seed: z
		.int()
		.min(0)
		.max(2 ** 53 - 1)
		.nullable(),
	order: Order,
	/** Taken out of the bible: kept and restorable, cast nowhere. */
	omitted: z.boolean(),
	variants: z.array(AssetVariant),
	pictures: z.array(AssetPicture),
});
export type Asset = z.infer<typeof Asset>;
