import ArgumentParser

struct Codec: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn audio into codes and codes into audio.",
        subcommands: [CodecEncode.self, CodecDecode.self])
}
