# SPDX-License-Identifier: Apache-2.0
"""What the words network tells apart, and the texts that it learns from."""

# One entry a class; characters that look the same on a blurred scan share one, the first gives it its name.
LOOKALIKES = ["ー一－", "二ニ", "三ミ", "八ハ", "口ロ", "力カ", "工エ", "夕タ", "卜ト", "へヘ", "べベ", "ぺペ", "千チ"]

# Words of the layouts and such as a layout to come may ask for.
WORDS = """個人番号 個人番号カード マイナンバー マイナンバーカード 電子証明書 通知カード 通知書 個人番号通知書 交付申請書
個人番号カード交付申請書 申請書 住民票 住民票の写し 住民票記載事項証明書 世帯主 続柄 本籍 特定在留カード 特定在留 在留カード
特定特別永住者証明書 特別永住者証明書 在留資格 在留期間 運転免許証 運転免許 免許証 免許の条件等 公安委員会 保険証
被保険者証 健康保険 健康保険証 国民健康保険 保険者番号 資格確認書 追記欄 まで有効 有効期限 氏名 住所 生年月日 性別
交付日 発行日 顔写真 日本国 臓器提供 コールセンター 次期個人番号カード""".split()

NEAR_WORDS = """法人番号 番号 個人 整理番号 お問合せ番号 会員番号 免許証番号 製造番号 登録番号 受付番号 証明番号 記号番号 追跡番号
伝票番号 電話番号 個人情報 個人情報保護 個人名 個人住民税 個人年金 個人番 人番号 法人番号通知書 個別番号 固有番号 各人番号
暗証番号 照会番号 お客様番号 契約番号 口座番号 整理券番号 組合員番号 社員番号 学籍番号 基礎年金番号 雇用保険番号 住民票コード
通知 通知表 通知欄 通信カード 連絡カード 会員カード 診察カード 図書カード カード番号 クレジットカード 通話カード 通知のカード
免許 許可証 免状 運転者 運転経歴証明書 会員証 学生証 社員証 診察券 領収証 保証書 保険料 保険 火災保険 生命保険
旅券 年金手帳 印鑑登録証明書 請求書 領収書 納税通知書 決定通知書 源泉徴収票 申告書 住民税 住民 住所変更 投票 伝票
お問い合わせ送り状番号 追跡番号 お届け番号 お知らせ ご案内 電話 記号 交付 発行 免許の 条件等 眼鏡等 資格取得""".split()

PHRASES = """このカードを拾得された方は、下記までご連絡ください。
法律で認められた場合を除き、個人番号の収集・保管は禁止されています。
この通知カードは、個人番号の確認のためにのみ利用することができます。
あなたの個人番号（マイナンバー）は次のとおりですのでお知らせします。
個人番号を証明する書類や身分証明書として利用することはできません。
電子証明書の有効期限　年　月　日まで
記載事項に変更があったときは、市区町村の窓口へ届け出てください。
この写しは、世帯全員の住民票の原本と相違ないことを証明する。
臓器提供の意思　1. 脳死後及び心停止した死後　2. 心停止した死後
令和年月日交付　見本県公安委員会　免許の条件等　眼鏡等
切り取り線に沿って切り離してください。ラミネート加工等は行わないでください。
健康保険　被保険者証　記号　番号　資格取得年月日　保険者番号
在留期間（満了日）　就労制限の有無　許可の種類　国籍・地域
平素より格別のご愛顧を賜り、厚く御礼申し上げます。
お手数ですが最寄りの警察署へお届けください。""".split("\n")

# The rest of the hiragana is "other": titles are hardly ever written in them.
HIRAGANA = "あいうおかがくけこさしすせそただちつてでとどなにのはまみめもよらりるれわをん"
KATAKANA = "アイウエオカガキギクグケゲコゴサシジスズセタダチツテデトドナニネノハバパヒビピフブプヘベペホボポマミムメモヤユヨラリルレロワンー"
SMALL = {"ぁ": "あ", "ぃ": "い", "ぅ": "う", "ぇ": "え", "ぉ": "お", "っ": "つ", "ゃ": "や", "ゅ": "ゆ", "ょ": "よ",
         "ァ": "ア", "ィ": "イ", "ゥ": "ウ", "ェ": "エ", "ォ": "オ", "ッ": "ツ", "ャ": "ヤ", "ュ": "ユ", "ョ": "ヨ"}
# Kanji of cards, certificates and offices, beyond those of the words.
MORE_KANJI = "大正昭和平成令元男女都道府県市区町村長動車旅券学社診察登印鑑請求届出写全戸台帳厚年金手障害福祉医療介護" \
             "格法団体新旧整理製造受会追約口受付照お客様記号発送税"

# What looks like a kanji of the words.
CONFUSABLE = {"個": "固箇倍偶備価伺側", "人": "入大", "番": "審香畜留雷", "号": "考弓可另", "通": "逓過道痛踊", "知": "和如短",
              "免": "兔色克", "許": "計詐評", "転": "軽輪較", "運": "連軍違", "証": "訂評訓", "書": "害晝事",
              "保": "係促俣", "険": "検倹剣", "住": "往注佳主", "民": "氏良", "票": "栗栄累", "特": "持待時", "在": "左存有",
              "留": "番富畄", "子": "字于", "明": "朋晴", "電": "雷竜", "交": "文父", "付": "村符", "申": "甲由中", "請": "静晴精",
              "カ": "刀ヵ", "ド": "トビ", "主": "王生", "帯": "常滞", "世": "也", "続": "読", "柄": "桶"}

NOTHING = 0


def _classes():
    alias = {}
    for group in LOOKALIKES:
        for character in group:
            alias[character] = group[0]
    alias.update(SMALL)
    found = []
    for character in "".join(WORDS) + HIRAGANA + KATAKANA + MORE_KANJI:
        name = alias.get(character, character)
        if name not in found and name not in " \n":
            found.append(name)
    rows = []
    for name in found:
        rows.append(name + "".join(a for a in alias if alias[a] == name and a != name))
    return rows


# Class i + 1 is ROWS[i]; 0 is nothing, and the two after the rows are any digit and any other character.
ROWS = _classes()
DIGIT = len(ROWS) + 1
OTHER = len(ROWS) + 2
N_CLASSES = len(ROWS) + 3
_OF = {character: i + 1 for i, row in enumerate(ROWS) for character in row}
for _c in "0123456789０１２３４５６７８９":
    _OF[_c] = DIGIT


def class_of(character):
    """The class of a character that is drawn, spaces excepted."""
    return _OF.get(character, OTHER)


def labels_of(text):
    """What the network should say of a text: runs of digits and of others count once."""
    labels = []
    for character in text:
        if character.isspace():
            continue
        label = class_of(character)
        if label in (DIGIT, OTHER) and labels and labels[-1] == label:
            continue
        labels.append(label)
    return labels


def _jis_kanji():
    kanji = []
    for row in range(16, 48):
        for cell in range(1, 95):
            try:
                kanji.append(bytes((0xA0 + row, 0xA0 + cell)).decode("euc_jp"))
            except UnicodeDecodeError:
                pass
    return kanji


OTHERS = [k for k in _jis_kanji() if k not in _OF]
NAMED = [row[0] for row in ROWS]


def random_text(dice):
    """One line: words, words that nearly are, and anything else."""
    parts = []
    for _ in range(dice.integers(1, 4)):
        what = dice.random()
        if what < 0.10:
            part = "個人番号"
        elif what < 0.32:
            part = WORDS[dice.integers(len(WORDS))]
        elif what < 0.44:
            part = NEAR_WORDS[dice.integers(len(NEAR_WORDS))]
        elif what < 0.58:
            part = _spoilt(WORDS[dice.integers(len(WORDS))] if dice.random() < 0.7 else "個人番号", dice)
        elif what < 0.76:
            part = "".join(NAMED[i] for i in dice.integers(len(NAMED), size=dice.integers(2, 9)))
        elif what < 0.84:
            part = "".join(OTHERS[i] for i in dice.integers(len(OTHERS), size=dice.integers(1, 6)))
        elif what < 0.92:
            part = "".join("0123456789"[i] for i in dice.integers(10, size=dice.integers(1, 9)))
            if dice.random() < 0.3:
                part = part.translate({ord("0") + i: 0xFF10 + i for i in range(10)})
        else:
            phrase = PHRASES[dice.integers(len(PHRASES))]
            at = int(dice.integers(max(len(phrase) - 6, 1)))
            part = phrase[at:at + int(dice.integers(5, 18))]
        parts.append(part)
    return ("　" if dice.random() < 0.5 else " " if dice.random() < 0.5 else "").join(parts)[:26]


def _spoilt(word, dice):
    at = int(dice.integers(len(word)))
    what = dice.random()
    if what < 0.2:
        return word[:at] + word[at + 1:] if len(word) > 2 else word
    if what < 0.65 and word[at] in CONFUSABLE:
        other = CONFUSABLE[word[at]]
        return word[:at] + other[dice.integers(len(other))] + word[at + 1:]
    pool = NAMED if dice.random() < 0.6 else OTHERS
    return word[:at] + pool[dice.integers(len(pool))] + word[at + 1:]
