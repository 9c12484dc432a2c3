/// The version of the commands, which CHANGELOG and packages repeat. "-dev" until it is released.
public enum Version {
    public static let current = "0.1.0-dev"
}
