/// How a transcript is written.
enum TranscriptionResponseFormat: String, CaseIterable {
    case json, text
    case verboseJSON = "verbose_json"
    case srt, vtt
}
