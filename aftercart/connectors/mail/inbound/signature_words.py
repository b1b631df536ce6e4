"""What telephones and mail programs put below a mail, language by language. Data, and nothing else."""

from __future__ import annotations

_APPS = (
    r"outlook|gmail|yahoo|aol|proton ?mail|spark|airmail|mailbox|newton|blue ?mail|edison|"
    r"mail(?:\]\S*)? (?:for|für|pour|para|per|voor|för|til) (?:windows|ios|android|mac)|"
    r"k-9|thunderbird|fairemail|gmx|web\.de|mailspring|nine|samsung|iphon\w*|ipad|ipod|android|blackberry|windows|nokia|"
    r"huawei|xiaomi|htc|sony|lg|motorola|pixel|galaxy|smartphone|mobile|mobil\w*|handy|phone|téléphone|telefon\w*|"
    r"tel[ée]fono|telefone|celular|móvil|cellulare|telemóvel|gsm|tablet|mac|workspace|the all new"
)
_ON = rf"[^,;:!?]{{0,40}}(?:{_APPS})[^,;:!?]{{0,40}}"

# People add an excuse; anything else behind a comma is a sentence of their own.
_EXCUSE = r"(?:[.,;!:]? *(?:please|pardon|sorry|excuse|apolog|forgive|so ).{0,100})?"
_TAIL = rf"[^,.;:!?]{{0,60}}{_EXCUSE}"

# A whole line each, matched in any case, only where nothing but such lines and the signature proper follows.
LINES = (
    rf"(?:sent|send|posted) (?:from|via|with|using|by) (?:my|mine|our|a|an|the)? ?\[?"
    rf"[^,.;:!?]{{0,30}}?(?:{_APPS})\b{_TAIL}", r"sent from mail",
    rf"sent (?:from|via|by|with) my [\w'’-]+(?: [\w'’-]+){{0,3}}{_EXCUSE}", r"[\w'’]+ (?:from|on) (?:mobile|my phone)",
    r"from my (?:iphone|ipad|android|mobile|phone|blackberry).{0,40}",
    r"get (?:the )?\[?outlook for (?:ios|android|mac).{0,80}", r"download .{0,20}(?:outlook|mail) .{0,60}",
    rf"(?:von|mit) (?:meinem|meiner|dem|der|einem) {_ON}"
    r"(?:gesendet|verschickt|geschrieben).{0,20}",
    rf"(?:gesendet|verschickt|geschickt|geschrieben) (?:von|mit|über|aus) {_ON}",
    rf"diese (?:nachricht|mail|e-mail) wurde (?:von|mit|über) {_ON}", r"holen sie sich outlook .{0,80}",
    r"outlook für (?:ios|android).{0,80}",
    rf"(?:envoyé|expédié|transmis) (?:depuis|de|à partir de|avec|par|via) {_ON}",
    r"(?:téléchargez|obtenez) outlook .{0,80}", r"outlook pour (?:ios|android).{0,80}",
    rf"enviado (?:desde|de|a partir de|do|por|com|con|pelo|via|mediante) {_ON}",
    r"(?:obtener|obtenha|obter|baixe) (?:o )?outlook .{0,80}",
    r"outlook (?:para|per|voor|för|for|til) (?:ios|android).{0,80}",
    rf"inviato (?:da|dal|dall['’]|con|tramite) ?{_ON}", r"(?:ottieni|scarica) outlook .{0,80}",
    rf"(?:verzonden|verstuurd|gestuurd) (?:vanaf|vanuit|van|met|via) {_ON}", r"(?:download|outlook) outlook .{0,80}",
    rf"(?:skickat|skickades) (?:från|med|via) {_ON}", r"(?:hämta|skaffa|hent|få) outlook .{0,80}",
    rf"(?:sendt|sent) (?:fra|med|via) {_ON}", rf"lähetetty .{{0,30}}(?:{_APPS}|stani|stä|sta|lla|llä).{{0,30}}",
    r"hanki outlook .{0,80}",
    rf"(?:wysłano|wysłane|wysłana) (?:z|za pomocą|przez|ze) .{{0,40}}(?:{_APPS}|telefonu).{{0,40}}",
    r"pobierz (?:program )?outlook .{0,80}", rf"(?:odesláno|odoslané|posláno) (?:z|ze|pomocí|zo) {_ON}",
    r"získejte outlook .{0,80}", r"(?:küldve|elküldve|iphone-omról|.{1,20}-(?:omról|emről) küldve).{0,40}",
    rf"trimis (?:de pe|din|cu) {_ON}",
    r"(?:отправлено|отправлен|послано|надіслано|изпратено|відправлено) (?:с|из|с помощью|з|от|чрез) "
    rf".{{0,40}}(?:{_APPS}|моего|мобильн\w*|мого|почт\w*).{{0,40}}",
    r"(?:iphone|ipad|android|telefon)\w*['’]?\w* (?:cihazımdan )?gönderildi.{0,20}",
    r".{0,20}(?:'dan|'den|imden|ımdan|umdan) gönderildi", r"(?:εστάλη|στάλθηκε) από .{0,40}",
    rf"{'iphone|ipad|ipod|android|スマートフォン|携帯'}\w*から送信.{{0,20}}",
    r".{0,20}(?:iphone|ipad|ipod|android|スマートフォン|携帯|スマホ).{0,12}から送信.{0,10}",
    r"(?:发自|發自|来自|來自|傳送自|寄自).{1,40}", r"[從从]我的 ?.{1,30}(?:傳送|传送|发送|發送|寄出|发出)",
    r".{0,12}(?:나의|내) .{1,20}에서 보냄", r".{1,24}에서 보냄", r"(?:được )?gửi từ .{1,40}", r"ส่งจาก .{1,40}",
    rf"dikirim dari .{{0,20}}(?:{_APPS}).{{0,40}}", r"(?:أُرسلت|أرسلت|تم الإرسال|مرسل) من .{1,40}", r"נשלח מ.{1,40}",
    r"ارسال شده از .{1,40}", rf"(?:poslano|poslato) (?:s|sa|z|iz) {_ON}", r"yahoo mail: .{1,60}", r"ᐧ",
    r"please excuse (?:any |my )?(?:typos|brevity).{0,60}", r"virus-free\.? ?(?:www\.)?\S{0,40}",
    r"(?:virenfrei|garanti sans virus|libre de virus|privo di virus|virusvrij)\.? ?\S{0,60}",
)  # fmt: skip

# How a paragraph begins that lawyers put below every mail of a company.
DISCLAIMERS = (
    r"(?:this|the information (?:contained )?in this|the contents? of this) (?:e-?mail|message|communication)\b.{0,120}"
    r"(?:confidential|intended (?:solely|only)|privileged)", r"(?:confidentiality|legal) (?:notice|disclaimer)\b",
    r"if you are not the intended recipient", r"please consider the environment", r"think before you print",
    r"diese (?:e-?mail|nachricht) (?:und|enthält|ist).{0,120}vertraulich",
    r"bitte (?:denken sie an|prüfen sie).{0,60}(?:umwelt|ausdruck)",
    r"ce(?:t|tte)? (?:e-?mail|courriel|message)\b.{0,120}confidentiel",
    r"este (?:mensaje|correo|e-?mail|mensagem)\b.{0,120}confiden", r"esta mensagem\b.{0,120}confiden",
    r"(?:questo messaggio|questa e-?mail|il presente messaggio)\b.{0,120}(?:riservat|confidenzial)",
    r"dit (?:e-?mail)?bericht\b.{0,120}vertrouwelijk", r"ta wiadomość\b.{0,120}poufn",
    r"niniejsza wiadomość\b.{0,120}poufn",
    r"det(?:ta|te|ta) (?:meddelande|e-postmeddelande|e-post)\b.{0,120}konfident",
    r"данное сообщение\b.{0,120}конфиденц",
)  # fmt: skip
