import { Workflow } from '../../src/provider/workflow.ts';
import fluxImageToImage from './flux-image-to-image.json' with { type: 'json' };
import fluxTextToImage from './flux-text-to-image.json' with { type: 'json' };
import ltxImageToVideo from './ltx-image-to-video.json' with { type: 'json' };
import ltxTextToVideo from './ltx-text-to-video.json' with { type: 'json' };
import sd15ControlnetCanny from './sd15-controlnet-canny.json' with { type: 'json' };
import sd15ControlnetDepth from './sd15-controlnet-depth.json' with { type: 'json' };
import sd15ControlnetPose from './sd15-controlnet-pose.json' with { type: 'json' };
import sd15ImageToImage from './sd15-image-to-image.json' with { type: 'json' };
import sd15IpAdapter from './sd15-ip-adapter.json' with { type: 'json' };
import sd15TextToImage from './sd15-text-to-image.json' with { type: 'json' };
import sdxlControlnetCanny from './sdxl-controlnet-canny.json' with { type: 'json' };
import sdxlControlnetDepth from './sdxl-controlnet-depth.json' with { type: 'json' };
import sdxlControlnetPose from './sdxl-controlnet-pose.json' with { type: 'json' };
import sdxlImageToImage from './sdxl-image-to-image.json' with { type: 'json' };
import sdxlInpaint from './sdxl-inpaint.json' with { type: 'json' };
import sdxlIpAdapter from './sdxl-ip-adapter.json' with { type: 'json' };
import sdxlLora from './sdxl-lora.json' with { type: 'json' };
import sdxlTextToImage from './sdxl-text-to-image.json' with { type: 'json' };
import upscale from './upscale.json' with { type: 'json' };
import wan22FirstLastFrameToVideo from './wan22-first-last-frame-to-video.json' with { type: 'json' };
import wan22ImageToVideo from './wan22-image-to-video.json' with { type: 'json' };
import wan22TextToVideo from './wan22-text-to-video.json' with { type: 'json' };

/** The workflows that come with the product, each checked by its schema. Where none is named the first of a kind is taken: the plainest stand first. */
export const readyWorkflows = (): Workflow[] =>
	[
		fluxTextToImage,
		ltxImageToVideo,
		ltxTextToVideo,
		sd15IpAdapter,
		sd15TextToImage,
		sdxlImageToImage,
		sdxlInpaint,
		sdxlLora,
		sdxlTextToImage,
		upscale,
		wan22FirstLastFrameToVideo,
		wan22ImageToVideo,
		wan22TextToVideo,
		sdxlIpAdapter,
		sd15ImageToImage,
		fluxImageToImage,
		sd15ControlnetCanny,
		sd15ControlnetDepth,
		sd15ControlnetPose,
		sdxlControlnetCanny,
		sdxlControlnetDepth,
		sdxlControlnetPose,
	].map((workflow) => Workflow.parse(workflow));
