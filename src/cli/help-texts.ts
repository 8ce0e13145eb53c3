import { defaultTutorial } from '../../labs/default-tutorial.ts';
import { type Text, text } from '../lab/text.ts';

/** The texts of `--help` for every command, argument and option. */

export const commands = {
  lab: text(
    'Runs Docker Compose tutorials on a real engine and verifies every step.',
    '在真正的 Docker 引擎上執行 Docker Compose 教學，並驗證每一個步驟。',
  ),
  list: text('tutorials, labs and their steps', '列出教學、單元與各個步驟'),
  run: text('perform the labs and verify each step', '執行單元，並驗證每一個步驟'),
  start: text(
    "create a folder with the tutorial's files, to type the commands yourself",
    '建立含有教學檔案的資料夾，讓你自己輸入指令',
  ),
  verify: text('check your own stack in its current state; changes nothing', '檢查你自己的服務目前的狀態；不會更動任何資源'),
  break: text('practise troubleshooting: a stack with one fault to find and repair', '練習除錯：找出並修復一組服務裡的一個問題'),
  learn: text(
    'live: type in your own terminal, and see each step pass as you do it',
    '即時模式：在自己的終端機輸入指令，完成時步驟就會顯示通過',
  ),
  class: text(
    'for a teacher: a wall that shows at which step each learner of a class is, and who asks for help',
    '給老師：顯示全班各在哪個步驟、誰需要協助',
  ),
  test: text(
    "test a tutorial's checks: without work they fail, the solution passes, mistakes are caught",
    '測試教學的檢查：未進行操作時不通過、解答會通過、錯誤會被偵測到',
  ),
  new: text('create a tutorial of your own, or one for an existing stack', '建立你自己的教學，或為現有的服務建立教學'),
  record: text(
    'type the commands of a tutorial in a shell, and write them down with their checks',
    '在 shell 裡輸入教學的指令，並連同檢查一起記錄下來',
  ),
  lint: text("check a tutorial's texts and files, and list the problems", '檢查教學的文字與檔案，並列出問題'),
  grade: text(
    "grade a class of submissions: students' Compose projects, untrusted",
    '替全班的作業評分：學生的 Compose 專案，一律視為不可信任',
  ),
  worker: text(
    'grade on this machine for a `lab grade --queue` on another one',
    '在這台機器上替另一台機器的 `lab grade --queue` 評分',
  ),
  collect: text(
    "collect each student's git repository as it was at the deadline, for `lab grade`",
    '依截止時間收集每位學生的 git 儲存庫，供 `lab grade` 評分',
  ),
  purge: text('remove the grades of a class, or of one student', '移除一個班級或一位學生的成績'),
  engine: text('the private engine: a separate Docker from Debian packages', '專用引擎：以 Debian 套件建立、獨立的 Docker'),
  images: text('the images that labs need', '單元需要的映像檔'),
  queue: text(
    'the server for grading on several machines: what is on it, and how to stop or clean up',
    '多台機器一起評分用的佇列伺服器：查看內容、停止派發、清理',
  ),
  doctor: text('find problems of this machine, with fixes', '檢查這台機器的問題，並提供解法'),
  clean: text('remove what labwright left behind', '移除 labwright 留下的資源'),
  help: text('show how a command is used', '說明指令的用法'),
} as const satisfies Record<string, Text>;

export const args = {
  fault: text(
    'number of a fault (`--list`), default: a random one; with --exam: the folder to create',
    '問題的編號（見 `--list`），預設為隨機選擇；搭配 --exam 時是要建立的資料夾',
  ),
  labs: text(
    'labs, or lab/step: the steps up to that one; default: the whole tutorial',
    '單元，或「單元/步驟」：執行到該步驟為止；預設為整份教學',
  ),
  startFolder: text('the new folder; default: the name of the tutorial', '新資料夾的名稱；預設為教學的名稱'),
  newFolder: text('the new folder; its name is the ID of the tutorial', '新資料夾；名稱就是教學的 ID'),
  step: text(
    'lab or lab/step; default: all steps of the stack in this folder',
    '單元，或「單元/步驟」；預設為這個資料夾的所有步驟',
  ),
  learnLab: text('a lab; default: where you stopped', '單元；預設為上次停下的地方'),
  tutorial: text(`an ID or folder; default: ${defaultTutorial}`, `教學的 ID 或資料夾；預設為 ${defaultTutorial}`),
  lintTutorial: text('only this tutorial: an ID or folder', '只檢查這一份教學：教學的 ID 或資料夾'),
  listTutorial: text(
    'only this one, with the IDs of its checks: an ID or folder; default: all that come with labwright',
    '只列出這一份，並附上檢查的 ID：教學的 ID 或資料夾；預設為內建的所有教學',
  ),
  submissions: text(
    'a submission, or a folder of them: folders, archives, git repositories',
    '一份作業，或放了許多作業的資料夾：資料夾、壓縮檔、git 儲存庫都可以',
  ),
  repos: text('a CSV: student, repository, and if you like branch and due', 'CSV：student、repository，也可以有 branch 與 due'),
  purgeFolder: text('the output folder of lab grade', 'lab grade 的輸出資料夾'),
  engineAction: text('up, down, status, logs or env', 'up（啟動）、down（停止）、status（狀態）、logs（日誌）或 env（環境變數）'),
  imagesAction: text('list, pull, save or load', 'list（列出）、pull（下載）、save（存檔）或 load（載入）'),
  queueAction: text('status, drain or purge', 'status（查看）、drain（不再派發作業）或 purge（移除班級）'),
  queueClasses: text(
    'IDs, or their beginnings; default: all classes, for purge those without a coordinator',
    '班級的 ID 或開頭幾個字；預設為所有班級，purge 則是協調程式已經不在的班級',
  ),
  file: text('for save and load: the archive', 'save 和 load 要用的檔案'),
  command: text('which command', '哪一個指令'),
} as const satisfies Record<string, Text>;

export const options = {
  breakList: text('show the faults and which of them you repaired here', '列出問題，以及在這裡修復過哪些'),
  breakLevel: text('a random fault of this level', '隨機選擇這一級的問題'),
  breakHint: text('in a practice folder: show the next hint', '在練習資料夾裡：顯示下一個提示'),
  breakCheck: text('in a practice folder: prove the repair, on a copy', '在練習資料夾裡：用複本驗證修復結果'),
  breakExam: text(
    'create an exam for a class: this many stacks with a fault each, in a new folder (default: exam)',
    '建立給全班的測驗：在新的資料夾（預設為 exam）裡放這麼多組服務，各有一個問題',
  ),
  breakSeed: text(
    'with --exam: the same seed selects the same faults; default: a random one',
    '搭配 --exam：相同的種子會選出相同的問題；預設為隨機選擇',
  ),
  tutorialOfFolder: text(
    `an ID, or the folder of a tutorial; default: the one that this folder was made for, else ${defaultTutorial}`,
    `教學的 ID 或資料夾；預設為這個資料夾所屬的教學，沒有的話為 ${defaultTutorial}`,
  ),
  watch: text('repeat the changed steps after each change of the tutorial', '教學變更時，重新執行有變更的步驟'),
  recordFrom: text(
    'the Compose file of the stack; default: that of this folder',
    '這組服務的 Compose 檔；預設為這個資料夾的檔案',
  ),
  markdown: text('write it in Markdown (the default)', '以 Markdown 撰寫（預設）'),
  typescript: text('write it in TypeScript', '以 TypeScript 撰寫'),
  from: text('the Compose file of an existing stack, which is copied', '現有服務的 Compose 檔，會複製一份'),
  help: text('show this', '顯示這份說明'),
  version: text('show the version', '顯示版本'),
  lang: text('language of the output', '顯示的語言'),
  langDefault: text('from LANG', '依 LANG 而定'),
  noColor: text('no colours', '不使用顏色'),
  engine: text('which Docker engine to use', '要使用哪一個 Docker 引擎'),
  queueYes: text('purge without asking', '不詢問，直接移除'),
  json: text('the result as JSON', '以 JSON 輸出結果'),
  yes: text('install what this machine lacks without asking', '不詢問，直接安裝這台機器缺少的項目'),
  engineYes: text(
    'without asking: `up` installs what this machine lacks, `down` stops the engine even if `lab run` is still running',
    '不詢問：`up` 直接安裝這台機器缺少的項目，`down` 即使還有 `lab run` 正在執行，也會停止引擎',
  ),
  tutorial: text('an ID, or the folder or module of a tutorial', '教學的 ID，或教學的資料夾或模組'),
  reporter: text(
    'format of the results: for people, one JSON document, JUnit XML for CI, or a JSON line for each event; may be repeated',
    '結果的格式：供人閱讀、單一 JSON 文件、供 CI 使用的 JUnit XML，或每個事件一行 JSON；可以重複指定',
  ),
  out: text(
    'a file for a report instead of stdout: the nth --out is for the nth --reporter (terminal takes none and is not counted)',
    '把報告寫到檔案，而不是標準輸出：第 n 個 --out 對應第 n 個 --reporter（terminal 不寫檔，不計算在內）',
  ),
  timeout: text('how long a step may take', '每個步驟最多可用幾秒'),
  keep: text('keep the stacks running afterwards (`lab clean` removes them)', '結束後讓服務繼續執行（用 `lab clean` 移除）'),
  stepwise: text('wait for Enter between steps (in a terminal)', '每個步驟之間等待按下 Enter（需要終端機）'),
  verbose: text('show every check and all output', '顯示每一項檢查和所有輸出'),
  role: text('the service of a role, if several could have it', '某個角色的服務（可能有多個服務符合時）'),
  thorough: text(
    'send as many requests as the checks of `lab run`, not only a few',
    '像 `lab run` 的檢查一樣送出大量請求，而不是只送幾個',
  ),
  receipt: text(
    'judge the facts in a receipt of `lab learn` again, without an engine',
    '重新判斷 `lab learn` 學習紀錄裡的觀察資料，不需要引擎',
  ),
  project: text('which Compose project, if there are several', '要檢查哪一個 Compose 專案（有多個專案時）'),
  learnList: text('show the steps and your progress', '列出步驟與你的進度'),
  follow: text('lines instead of a screen, for editors and screen readers', '逐行輸出而不使用整個畫面，適合編輯器和螢幕閱讀器'),
  classListen: text(
    'the address of this machine that learners reach, and if you like a port: 192.168.1.5, 192.168.1.5:8443',
    '學習者連得到的這台機器的位址，可以加上連接埠：192.168.1.5、192.168.1.5:8443',
  ),
  join: text(
    'join a class with the code that your teacher shows: it sees your nickname, your step, and whether you ask for help',
    '用老師提供的加入碼加入班級：對方會看到你的暱稱、所在步驟，以及是否請求協助',
  ),
  nickname: text('with --join: how the class names you (default: learner)', '搭配 --join：在班級裡顯示的名字（預設為 learner）'),
  learnReporter: text('format of the lines, with --follow', '搭配 --follow 時每一行的格式'),
  web: text(
    'on a page in your browser, with a terminal and a picture of your stack',
    '在瀏覽器的頁面上進行，有終端機和服務的示意圖',
  ),
  runWeb: text(
    'show the run on a page in your browser, with a picture of the stack, as in a lecture',
    '在瀏覽器的頁面上顯示執行過程和服務的示意圖，適合上課示範',
  ),
  pause: text('with --web: wait before every step until you continue', '搭配 --web：每個步驟之前都等你按下繼續'),
  webPort: text('with --web: the port on this machine; default: a free one', '搭配 --web：這台機器的連接埠；預設為空閒的連接埠'),
  noOpen: text('with --web: print the address and do not open the browser', '搭配 --web：只印出網址，不開啟瀏覽器'),
  only: text('only this case; may be repeated', '只測試這個案例；可以重複指定'),
  jobs: text('how many cases at a time; default: one more than there are cores', '同時進行幾個案例；預設為核心數加一'),
  collectBefore: text(
    'the deadline: 2026-12-01 23:59, with an offset, or a day, which ends at midnight; a `due` in the CSV comes first',
    '截止時間：2026-12-01 23:59，可以加上時差；只寫日期表示到當天結束；CSV 的 `due` 優先',
  ),
  collectExtensions: text(
    'a CSV of extensions: student, due, graceDays, reason; its `due` comes first',
    '延長期限的 CSV：student、due、graceDays、reason；其中的 `due` 最優先',
  ),
  collectTimezone: text(
    "of times without an offset, such as Asia/Taipei; default: this machine's",
    '沒有時差的時間屬於哪個時區，例如 Asia/Taipei；預設為這台機器的時區',
  ),
  collectOut: text(
    'the folder for the submissions; use the same folder again to update it',
    '放作業的資料夾；再次指定同一個資料夾就會更新',
  ),
  collectJobs: text('how many repositories at a time', '同時讀取幾個儲存庫'),
  gradeOut: text(
    'the folder for the grades; use the same folder again to resume',
    '放成績的資料夾；再次指定同一個資料夾，就會從中斷的地方繼續',
  ),
  rubric: text('goals and points; default: the rubric of the tutorial', '目標與配分；預設用教學內建的評分標準'),
  gradeExam: text(
    'the submissions are exams of `lab break` with this many faults',
    '作業是 `lab break` 的測驗，每份有這麼多個問題',
  ),
  gradeSeed: text('with --exam: the seed that the class was given', '搭配 --exam：全班測驗的種子'),
  roster: text('a CSV of the students: id, name, email, lang', '學生名單 CSV：id、name、email、lang'),
  gradeTimes: text(
    'a CSV of submission times: student, time; for a rubric with a deadline',
    '繳交時間的 CSV：student、time；搭配有截止時間的評分標準',
  ),
  graceUsed: text(
    'the grace-days.csv of the assignment before: the grace days that students used so far',
    '前一次作業的 grace-days.csv：學生目前用掉的寬限日',
  ),
  gradeJobs: text(
    'how many submissions at a time; auto (the default): as many as the machine can handle',
    '同時評分幾份作業；auto（預設）依這台機器的能力決定',
  ),
  gradeEngine: text(
    'private: a fully isolated engine for submissions; docker: your own Docker, with weaker isolation',
    'private：作業專用、完全隔離的引擎；docker：你自己的 Docker，隔離較弱',
  ),
  registryMirror: text(
    'a mirror of Docker Hub, from which the images that submissions name are pulled',
    'Docker Hub 的鏡像站，作業指定的映像檔會從這裡下載',
  ),
  buildNetwork: text(
    'what builds reach: none: nothing; packages: only the package indexes in the rubric; open: everything, also without a value. Default: packages if an index answers, else none',
    '建置時可以連線到哪裡。none：沒有網路；packages：只有評分標準列出的套件庫；open：沒有限制（不寫值也是 open）。預設：套件庫有回應就用 packages，否則用 none',
  ),
  gradeQueue: text(
    'let the workers of this queue grade (`lab worker`): redis://HOST, or rediss://HOST with TLS; default: this machine grades',
    '由這個佇列的 worker（`lab worker`）評分：redis://主機，或使用 TLS 的 rediss://主機；預設由這台機器評分',
  ),
  queue: text(
    'the queue: redis://HOST, or rediss://HOST with TLS; default: the variable LAB_QUEUE. Its password is read from LAB_QUEUE_PASSWORD',
    '佇列：redis://主機，或使用 TLS 的 rediss://主機；預設為環境變數 LAB_QUEUE。密碼從 LAB_QUEUE_PASSWORD 讀取',
  ),
  gradeClassKey: text(
    'with --queue: the key that encrypts submissions on the queue; the file is created if it does not exist. A queue on this machine needs none',
    '搭配 --queue：用來加密佇列上作業的金鑰；檔案不存在時會建立。佇列就在這台機器上時不需要',
  ),
  classKey: text(
    'a copy of the key file that `lab grade --class-key` created; a queue on this machine needs none',
    '`lab grade --class-key` 建立的金鑰檔的複本；佇列就在這台機器上時不需要',
  ),
  once: text('end after the first class; default: wait for the next one', '第一個班級評完就結束；預設會等候下一個班級'),
  mailFrom: text(
    'also write a mail with the feedback for each student with an email, from this sender; nothing is sent',
    '另外替每位有電子郵件的學生寫一封回饋信，以此為寄件者；不會寄出',
  ),
  classroom50: text(
    'also write classroom50/result.json, for an autograder of Classroom 50 and its variables',
    '另外寫出 classroom50/result.json，供 Classroom 50 的自動評分使用（需要它設定的變數）',
  ),
  trust: text('believe what submissions show: faster, and fakes are not found', '相信作業的回應：速度較快，但無法找出造假的作業'),
  similar: text(
    'list near-identical submissions, as evidence and never as a verdict: similar.html, similar.csv and similar/',
    '列出幾乎相同的作業，只供參考，不是結論：similar.html、similar.csv 和 similar/',
  ),
  regrade: text(
    'show what would change, per student, with this rubric and this version; --yes applies it',
    '列出用這份評分標準和這個版本重新評分會有哪些變動；加上 --yes 就會套用',
  ),
  pseudonyms: text(
    'show and write stable pseudonyms instead of IDs, names and e-mails; the key file is created if it does not exist',
    '顯示和寫出的內容都以固定的代號取代學號、姓名與電子郵件；金鑰檔不存在時會建立',
  ),
  purgeStudent: text('only this student, by the ID in grades.csv', '只移除這位學生，使用 grades.csv 裡的學號'),
  purgeDecisions: text(
    'also your own files: overrides.csv, requests.csv, roles.csv, extensions.csv',
    '連同你自己的檔案：overrides.csv、requests.csv、roles.csv、extensions.csv',
  ),
  purgeYes: text('without asking', '不詢問，直接移除'),
  tutorialAsArgument: text('the same as the argument', '與參數相同'),
  listVerbose: text('with the ID and claim of each check', '列出每一項檢查的 ID 與敘述'),
  listChecks: text('the kinds of checks that a tutorial can name', '列出教學可以使用的檢查種類'),
  dryRun: text('only list what would be removed', '只列出將會移除的資源'),
} as const satisfies Record<string, Text>;
