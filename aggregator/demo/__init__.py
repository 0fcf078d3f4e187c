"""The bundled newsroom: fictional sources served on loopback, to see everything without a network.

``papers`` who they are · ``content.toml`` the articles · ``newsroom`` what each source says at a
given time (pure) · ``formats`` how it says it · ``origin`` the server, with ``landscape`` its
pictures · ``writing``, ``briefs.toml`` what the desk publishes · ``__main__`` puts it together with
the program.
"""
