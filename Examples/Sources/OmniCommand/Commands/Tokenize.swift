import ArgumentParser
import CommandSupport
import Foundation
import OmniCore
import OmniTokenizer

struct Tokenize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how text is cut into tokens.",
        discussion: """
            Takes texts as arguments, or one a line on standard input. With --json standard input is a JSON array of \
            strings, and the result an array of {"ids", "pieces", "decoded"}.
            """)

    @Option(
        help: ArgumentHelp(
            "A model's directory, a tokenizer.json, a tokenizer.model, or a downloaded model; without it OMNI_MODEL.",
            valueName: "dir|file|id"))
    var model: String?

    @Flag(help: "Read and write JSON.")
    var json = false

    @Argument(help: "The texts.")
    var texts: [String] = []

    func validate() throws { _ = try ModelLocation(option: model) }

    func run() throws {
        let tokenizer = try TextTokenizer.load(from: ModelLocation(option: model).folder)
        if let reason = tokenizer.passedOver { Console.note("tokenizer.model is used: \(reason)") }
        let results = try inputs().map { Result($0, tokenizer) }
        if json {
            try StandardOutput.write(json: results)
        } else {
            for result in results {
                let columns = zip(result.ids, result.pieces).map { "\($0) \(String(reflecting: $1))" }
                try StandardOutput.write(columns.joined(separator: "  ") + "\n")
            }
        }
    }

    private func inputs() throws -> [String] {
        if !texts.isEmpty { return texts }
        if json { return try InputFile.json("-", as: [String].self, expecting: "a JSON array of strings") }
        return try TextLines.split(InputFile.bytes("-")).map { line in
            guard let text = String(data: line, encoding: .utf8) else {
                throw InputError(code: .malformed, path: "-", reason: "the text is not UTF-8")
            }
            return text
        }
    }

    private struct Result: Encodable {
        let ids: [Int32]
        let pieces: [String]
        let decoded: String

        init(_ text: String, _ tokenizer: TextTokenizer) {
            let tokens = tokenizer.encode(text)
            ids = tokens.map(\.rawValue)
            pieces = tokens.map { tokenizer.piece(for: $0) ?? "" }
            decoded = tokenizer.decode(tokens, keepingSpecialTokens: true)
        }
    }
}
