"""How the demo's short films are drawn: people, hands, scenes and scripts. `tools/draw_videos.py` puts them together."""
