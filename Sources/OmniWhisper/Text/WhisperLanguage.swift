/// A language that Whisper transcribes. The order of ``all`` is the order of the language tokens.
public struct WhisperLanguage: Sendable, Hashable, CustomStringConvertible {
    /// Its short code, as `de`.
    public let code: String
    /// Its English name in lower case, as `german`.
    public let name: String
    /// Its place among the language tokens.
    let index: Int

    /// Every language, Cantonese last: only models since large-v3 have it.
    public static let all: [WhisperLanguage] = table.split(separator: " ").enumerated().map { index, entry in
        let parts = entry.split(separator: ":")
        return WhisperLanguage(
            code: String(parts[0]), name: String(parts[1].map { $0 == "_" ? " " : $0 }), index: index)
    }

    /// English.
    public static var english: WhisperLanguage { all[0] }

    /// Finds a language by its code, its name or another name in use, in any case; `nil` when there is none.
    public init?(_ text: String) {
        let key = text.lowercased()
        let code = Self.otherNames[key] ?? key
        guard let found = Self.all.first(where: { $0.code == code || $0.name == code }) else { return nil }
        self = found
    }

    private init(code: String, name: String, index: Int) {
        self.code = code
        self.name = name
        self.index = index
    }

    public var description: String { code }

    /// Languages that are written without spaces: a word cannot be told from its spelling.
    var isWrittenWithoutSpaces: Bool { ["zh", "ja", "th", "lo", "my", "yue"].contains(code) }

    /// Code and name of each language, an underscore for a space.
    private static let table = """
        en:english zh:chinese de:german es:spanish ru:russian ko:korean fr:french ja:japanese pt:portuguese \
        tr:turkish pl:polish ca:catalan nl:dutch ar:arabic sv:swedish it:italian id:indonesian hi:hindi \
        fi:finnish vi:vietnamese he:hebrew uk:ukrainian el:greek ms:malay cs:czech ro:romanian da:danish \
        hu:hungarian ta:tamil no:norwegian th:thai ur:urdu hr:croatian bg:bulgarian lt:lithuanian la:latin \
        mi:maori ml:malayalam cy:welsh sk:slovak te:telugu fa:persian lv:latvian bn:bengali sr:serbian \
        az:azerbaijani sl:slovenian kn:kannada et:estonian mk:macedonian br:breton eu:basque is:icelandic \
        hy:armenian ne:nepali mn:mongolian bs:bosnian kk:kazakh sq:albanian sw:swahili gl:galician mr:marathi \
        pa:punjabi si:sinhala km:khmer sn:shona yo:yoruba so:somali af:afrikaans oc:occitan ka:georgian \
        be:belarusian tg:tajik sd:sindhi gu:gujarati am:amharic yi:yiddish lo:lao uz:uzbek fo:faroese \
        ht:haitian_creole ps:pashto tk:turkmen nn:nynorsk mt:maltese sa:sanskrit lb:luxembourgish my:myanmar \
        bo:tibetan tl:tagalog mg:malagasy as:assamese tt:tatar haw:hawaiian ln:lingala ha:hausa ba:bashkir \
        jw:javanese su:sundanese yue:cantonese
        """

    private static let otherNames = [
        "burmese": "my", "valencian": "ca", "flemish": "nl", "haitian": "ht", "letzeburgesch": "lb", "pushto": "ps",
        "panjabi": "pa", "moldavian": "ro", "moldovan": "ro", "sinhalese": "si", "castilian": "es", "mandarin": "zh",
    ]
}
