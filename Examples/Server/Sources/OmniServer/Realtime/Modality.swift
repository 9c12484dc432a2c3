/// What a reply is made of.
enum Modality: String, Sendable {
    case audio, text
}

extension Fields {
    /// `output_modalities`, or `modalities` as older clients say: speech comes with its text, so that `["audio",
    /// "text"]` is the same as `["audio"]`.
    func modality(_ name: String) throws(APIError) -> Modality? {
        guard let value = json[name] else { return nil }
        guard let names = value.array?.compactMap({ $0.string.flatMap(Modality.init) }), !names.isEmpty,
            names.count == value.array?.count
        else { throw wrong(name, "[\"audio\"], [\"text\"] or both") }
        return names.contains(.audio) ? .audio : .text
    }
}
