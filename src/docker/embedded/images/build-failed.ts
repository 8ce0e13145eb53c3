import { LabError } from '../../../lab/error.ts';
import { text } from '../../../lab/text.ts';

/** An image could not be built from Debian's packages. */
export const buildFailed = (ref: string, output: string): LabError =>
  new LabError(
    'E_IMAGE_BUILD',
    text(`the image ${ref} could not be built:\n${output}`, `無法建置映像檔 ${ref}：\n${output}`),
    text(
      "it is made from packages of Debian's mirror: look at the network and the disk, then try again; or bring the images in a file (`lab images load FILE`)",
      '映像檔是用 Debian 鏡像站的套件做的：請檢查網路與磁碟空間再試一次，或從檔案載入映像檔（`lab images load FILE`）',
    ),
  );
