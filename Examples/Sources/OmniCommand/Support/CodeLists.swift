/// Codes as the `codec` commands read and write them: `{"codes": [[…], …]}`; the lists alone are read as well.
struct CodeLists: Codable {
    let codes: [[Int32]]

    init(codes: [[Int32]]) { self.codes = codes }

    private enum CodingKeys: String, CodingKey { case codes }

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: CodingKeys.self) {
            codes = try object.decode([[Int32]].self, forKey: .codes)
        } else {
            codes = try decoder.singleValueContainer().decode([[Int32]].self)
        }
    }
}

/// What a command says of the audio that it made.
struct AudioFacts: Encodable {
    let sampleRate: Int
    let sampleCount: Int
}
