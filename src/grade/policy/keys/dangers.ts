import { text } from '../../../lab/text.ts';

/** What a refused key or path would do, for a teacher who decides about the submission. */
export const danger = {
  unknown: text('this is not a key of Compose that the grader knows', '評分程式不認識這個鍵'),
  unread: text('the grader reads env files only in the usual format', '評分程式只讀取一般格式的環境變數檔'),
  outside: text(
    'it would read other Compose files, which can lie outside the submission',
    '這會讀取其他 Compose 檔案，而它們可能在繳交的資料夾之外',
  ),
  programs: text('it would start programs on the machine, outside containers', '這會在機器上、容器之外執行程式'),
  hooks: text(
    'the grader does not run commands at the start or stop of a container; they can have more rights than the container',
    '評分程式不會在容器啟動或停止時執行指令；這些指令可能擁有比容器更多的權限',
  ),
  privileged: text(
    'it switches the isolation off: whoever controls this container controls the machine',
    '這會關閉隔離：能控制這個容器，就能控制整台機器',
  ),
  socket: text(
    "it gives access to the engine's socket: whoever has it controls the engine, and with it the machine",
    '這會讓容器存取引擎的 socket：能存取它，就能控制引擎，進而控制整台機器',
  ),
  protection: text(
    'it switches off protections of the kernel (seccomp, AppArmor, SELinux)',
    '這會關閉核心的保護機制（seccomp、AppArmor、SELinux）',
  ),
  devices: text("it gives direct access to the machine's devices, such as its disks", '這會讓容器直接存取機器的裝置，例如磁碟'),
  groups: text("its only use is access to the machine's sockets and devices", '它的用途只有存取機器的 socket 與裝置'),
  kernel: text("it changes settings of the machine's kernel", '這會變更機器核心的設定'),
  credentials: text("it uses the machine's accounts", '這會使用機器的帳號'),
  capabilities: text(
    'it gives rights over the machine or its network that the stack does not need',
    '這會給予對機器或其網路的權限，而這組服務並不需要',
  ),
  network: text(
    'it leaves the networks of the project: `host` is the network of the machine, with all that listens there',
    '這會離開專案的網路：`host` 就是機器本身的網路，可以連上機器上所有的服務',
  ),
  processes: text(
    'it would see and stop processes of the machine or of other containers',
    '這可以看到並停止機器或其他容器的行程',
  ),
  memory: text('it would share memory with the machine or other containers', '這會與機器或其他容器共用記憶體'),
  hostName: text('it could rename the machine', '這可以變更機器的名稱'),
  root: text('it would make root in the container root on the machine', '這會讓容器裡的 root 成為機器的 root'),
  limits: text("it would escape the container's limits on memory and processors", '這會讓容器不受記憶體與處理器的限制'),
  runtime: text('it replaces the program that isolates containers', '這會換掉負責隔離容器的程式'),
  others: text('it reaches into containers outside this project', '這會存取這個專案以外的容器'),
  buildNetwork: text(
    'the build would use the network of the machine or of another container',
    '建置時會使用機器或其他容器的網路',
  ),
  keys: text("it hands keys of the machine's user to the build", '這會把機器使用者的金鑰交給建置程式'),
  sources: text('an image must be built only from the files of the submission', '映像檔只能用繳交的檔案建置，不能取用其他來源'),
  logs: text(
    'it sends the logs to another program or another machine; `json-file` and `local` are allowed',
    '這會把日誌傳給其他程式或其他機器；可以用 `json-file` 與 `local`',
  ),
  driver: text("options of a network driver can connect it to the machine's network", '網路驅動程式的選項可以讓它連上機器的網路'),
  externalNetwork: text(
    'it is a network of others: containers that are not of this submission are on it',
    '這是別人的網路：上面有不屬於這份作業的容器',
  ),
  externalVolume: text('it is a volume of others, with their data', '這是別人的磁碟區，裡面有別人的資料'),
  externalSecret: text(
    'it is stored outside the submission; a file of the submission is allowed',
    '它保存在繳交的資料夾之外；可以改用繳交的檔案',
  ),
  storage: text(
    'a volume with options can be a folder of the machine, a network share or an image; only plain volumes are allowed',
    '帶有選項的磁碟區可能是機器的資料夾、網路磁碟或映像檔；只能使用一般的磁碟區',
  ),
  propagation: text('mounts of the container would appear on the machine', '容器的掛載會出現在機器上'),
} as const;
