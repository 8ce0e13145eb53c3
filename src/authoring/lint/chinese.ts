/** Finds Chinese that is not written as in Taiwan. */

/** Mainland terms as patterns, with Taiwan's terms. */
const words: readonly (readonly [mainland: RegExp, taiwan: string])[] = [
  [/鏡像(?!站)|镜像/, '映像檔'],
  [/服務器|服务器/, '伺服器'],
  [/負載均衡|负载均衡/, '負載平衡'],
  [/默認|默认|缺省/, '預設'],
  [/網絡|网络/, '網路'],
  [/端口/, '連接埠'],
  [/信息/, '訊息、資訊'],
  [/數據(?!機)|数据/, '資料'],
  [/軟件|软件/, '軟體'],
  [/硬件/, '硬體'],
  [/文件夾|文件夹/, '資料夾'],
  [/文檔|文档/, '文件'],
  [/字符/, '字元'],
  [/變量|变量/, '變數'],
  [/線程|线程/, '執行緒'],
  [/進程|进程/, '行程'],
  [/內存|内存/, '記憶體'],
  [/硬盤|硬盘/, '硬碟'],
  [/磁盤|磁盘/, '磁碟'],
  [/命令行/, '命令列'],
  [/創建|创建/, '建立'],
  [/鏈接|链接/, '連結'],
  [/客戶端|客户端/, '用戶端'],
  [/用戶(?!端)|用户(?!端)/, '使用者'],
  [/賬[號戶]|账[号户]/, '帳號'],
  [/緩存|缓存/, '快取'],
  [/宿主機|宿主机/, '主機'],
  [/日志/, '日誌'],
  [/調用|调用/, '呼叫'],
  [/接口/, '介面'],
  [/登錄|登录/, '登入'],
  [/屏幕/, '螢幕'],
  [/打印/, '印出'],
];

/** The mainland terms in a text, each with Taiwan's term. */
export const mainlandWords = (written: string): { readonly word: string; readonly use: string }[] =>
  words.flatMap(([mainland, use]) => {
    const word = mainland.exec(written)?.[0];
    return word === undefined ? [] : [{ word, use }];
  });

/** Simplified characters that Big5 also contains, for rare words. */
const simplifiedInBig5 = '么与万体价网适胜优构机极异庄党怀扰岭听坏圣宁气厂赶惊触离确';

/** The characters of Taiwan's own character set. Any other character is simplified or very rare. */
const inBig5: ReadonlySet<string> = (() => {
  const decoder = new TextDecoder('big5');
  const known = new Set<string>();
  for (let lead = 0xa4; lead <= 0xf9; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      // characters between and after the two levels are Hong Kong's
      const pair = lead * 256 + trail;
      if (pair <= 0xc67e || (pair >= 0xc940 && pair <= 0xf9d5)) known.add(decoder.decode(Uint8Array.of(lead, trail)));
    }
  }
  return known;
})();

/** The simplified characters in a text, each once. */
export const simplifiedIn = (written: string): string[] =>
  [...new Set(written.match(/\p{Unified_Ideograph}/gu))].filter((one) => !inBig5.has(one) || simplifiedInBig5.includes(one));
